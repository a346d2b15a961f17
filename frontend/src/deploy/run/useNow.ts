import { useEffect, useState } from "react";

const LIVE_MS = 250;

/** The local time, updated while `live`. Between two ticks bars are animated by a transition of the same length. */
export function useNow(live: boolean): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!live) return;
    setNow(performance.now());
    const timer = setInterval(() => setNow(performance.now()), LIVE_MS);
    return () => clearInterval(timer);
  }, [live]);
  return now;
}
