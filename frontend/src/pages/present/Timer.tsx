import { useEffect, useState } from "react";
import { IconButton } from "../../components/IconButton";
import styles from "./NotesPage.module.css";

/** The time since the start of the presentation, and the time of day. */
export function Timer() {
  const [started, setStarted] = useState(() => Date.now());
  const [now, setNow] = useState(started);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const clock = new Date(now).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return (
    <>
      <time className={styles.timer} role="timer" aria-label="Time since the start">
        {elapsed(Math.max(0, now - started))}
      </time>
      <IconButton
        icon="refresh"
        label="Start the time again"
        onClick={() => {
          setStarted(Date.now());
          setNow(Date.now());
        }}
      />
      <span className={styles.clock}>{clock}</span>
    </>
  );
}

/** As in `4:07` or `1:04:07`. */
export function elapsed(milliseconds: number): string {
  const all = Math.floor(milliseconds / 1_000);
  const [hours, minutes, seconds] = [Math.floor(all / 3_600), Math.floor(all / 60) % 60, all % 60];
  const two = (number: number) => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
