import { useEffect, useEffectEvent } from "react";
import { sendPresence } from "../api/sessions";
import type { Editor } from "./Editor";

const EVERY_MS = 15_000;
/** Somebody who did nothing for so long asks nothing, so that the database can sleep. */
const IDLE_MS = 120_000;

/** Learns of other people's changes, while the page is seen and used. */
export function usePresence(editor: Editor) {
  const ask = useEffectEvent(async () => {
    try {
      const { version } = await sendPresence(editor.id, editor.selection.slide);
      editor.session.seen(version);
    } catch {
      // A server without presence, or an outage: saving says so.
    }
  });
  useEffect(() => {
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
}
