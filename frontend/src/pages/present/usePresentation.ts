import { useEffect, useState } from "react";
import { useSearchParams } from "react-router";
import { useStable } from "../../components/useStable";

/** Where a presentation is; the same in all of its windows. */
export interface Position {
  slide: number;
  isBlack: boolean;
}

export interface Presentation extends Position {
  go: (slide: number) => void;
  next: () => void;
  previous: () => void;
  blacken: () => void;
}

/** The place in a presentation of `count` slides, kept in step between the windows of this browser. */
export function usePresentation(id: string, count: number): Presentation {
  const [query, setQuery] = useSearchParams();
  const start = Number(query.get("slide") ?? "1") - 1;
  const [position, setPosition] = useState<Position>({ slide: Math.max(0, start), isBlack: false });
  const last = Math.max(0, count - 1);
  const slide = count > 0 ? Math.min(position.slide, last) : position.slide;
  const [channel, setChannel] = useState<BroadcastChannel | null>(null);

  const set = useStable((next: Position) => {
    setPosition(next);
    // A reload shows the same slide.
    setQuery({ slide: String(next.slide + 1) }, { replace: true });
  });
  useEffect(() => {
    if (typeof BroadcastChannel === "undefined") return undefined;
    const opened = new BroadcastChannel(`tellr.present.${id}`);
    opened.onmessage = ({ data }: MessageEvent<Position>) => set(data);
    setChannel(opened);
    return () => opened.close();
  }, [id, set]);

  const tell = (next: Position) => {
    set(next);
    channel?.postMessage(next);
  };
  const go = (to: number) => tell({ slide: Math.min(last, Math.max(0, to)), isBlack: false });
  return {
    slide,
    isBlack: position.isBlack,
    go,
    next: () => go(slide + 1),
    previous: () => go(slide - 1),
    blacken: () => tell({ slide, isBlack: !position.isBlack }),
  };
}
