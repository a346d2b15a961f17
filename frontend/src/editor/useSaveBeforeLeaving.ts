import { useEffect } from "react";
import type { DeckSession } from "./DeckSession";

/** Sends what isn't saved when the page is left or hidden, and warns if that may not be enough. */
export function useSaveBeforeLeaving(session: DeckSession) {
  useEffect(() => {
    const hide = () => {
      if (document.visibilityState === "hidden") void session.flush(true);
    };
    const leave = (event: BeforeUnloadEvent) => {
      if (session.get().unsaved === 0) return;
      void session.flush(true);
      event.preventDefault();
    };
    document.addEventListener("visibilitychange", hide);
    window.addEventListener("beforeunload", leave);
    return () => {
      document.removeEventListener("visibilitychange", hide);
      window.removeEventListener("beforeunload", leave);
      void session.flush(true);
    };
  }, [session]);
}
