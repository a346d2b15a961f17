import { useEffect, useEffectEvent } from "react";
import type { Presentation } from "./usePresentation";

interface Others {
  end: () => void;
  notes?: () => void;
  fullScreen?: () => void;
  count: number;
}

/** The keys of a presentation, those of a presenter's remote control among them. */
export function usePresentKeys(show: Presentation, { end, notes, fullScreen, count }: Others) {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onButton = event.target instanceof Element && event.target.closest("button, a") !== null;
    const forward = event.key === " " || event.key === "Enter";
    if (onButton && forward) return;
    const keys: Record<string, (() => void) | undefined> = {
      ArrowRight: show.next,
      ArrowDown: show.next,
      PageDown: show.next,
      " ": show.next,
      Enter: show.next,
      ArrowLeft: show.previous,
      ArrowUp: show.previous,
      PageUp: show.previous,
      Backspace: show.previous,
      Home: () => show.go(0),
      End: () => show.go(count - 1),
      b: show.blacken,
      ".": show.blacken,
      n: notes,
      f: fullScreen,
      Escape: end,
    };
    const run = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => press(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}
