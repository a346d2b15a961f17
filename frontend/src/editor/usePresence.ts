import { useEffect, useEffectEvent, useState } from "react";
import { type Present, sendPresence } from "../api/sessions";
import type { Editor } from "./Editor";

const EVERY_MS = 15_000;
/** Somebody who did nothing for so long asks nothing, so that the database can sleep. */
const IDLE_MS = 120_000;

/** Learns of other people and their changes, while the page is seen and used. Gives who else has the deck open. */
export function usePresence(editor: Editor): readonly Present[] {
  const [others, setOthers] = useState<readonly Present[]>([]);
  const ask = useEffectEvent(async () => {
    try {
      const { people, version } = await sendPresence(editor.id, editor.selection.slide);
      setOthers((before) => (same(before, people) ? before : people));
      editor.session.seen(version);
    } catch {
      // A server without presence, or an outage: saving says so.
    }
  });
  useEffect(() => {
    void ask();
    let used = Date.now();
    const use = () => {
      used = Date.now();
    };
    const timer = setInterval(() => {
      const isIdle = Date.now() - used > IDLE_MS;
      if (document.visibilityState === "visible" && !isIdle) void ask();
    }, EVERY_MS);
    const back = () => {
      if (document.visibilityState === "visible") void ask();
    };
    document.addEventListener("pointermove", use);
    document.addEventListener("keydown", use);
    document.addEventListener("visibilitychange", back);
    return () => {
      clearInterval(timer);
      document.removeEventListener("pointermove", use);
      document.removeEventListener("keydown", use);
      document.removeEventListener("visibilitychange", back);
    };
  }, []);
  return others;
}

function same(before: readonly Present[], now: readonly Present[]): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}
