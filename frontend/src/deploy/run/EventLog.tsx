/** All events, line by line. */
import { useLayoutEffect, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { Prose } from "../../components/Prose";
import { Fold } from "../Fold";
import { shortDuration } from "./duration";
import styles from "./EventLog.module.css";
import type { LogLine } from "./runState";
import { stepName } from "./words";

/** This close to the end counts as scrolled to the end. */
const NEAR_PX = 24;

export function EventLog({ lines }: { lines: readonly LogLine[] }) {
  const list = useRef<HTMLOListElement>(null);
  // Follows the newest line until the user scrolls back.
  const [following, setFollowing] = useState(true);
  const [open, setOpen] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line triggers scrolling
  useLayoutEffect(() => {
    if (following && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [lines.length, following, open]);

  return (
    <Fold
      title="Event log"
      beside={<span className={styles.count}>{lines.length}</span>}
      open={open}
      onToggle={setOpen}
    >
      <div className={styles.frame}>
        <ol
          ref={list}
          className={styles.lines}
          aria-label="Events"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable, so it has to be focusable
          tabIndex={0}
          onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) =>
            setFollowing(scrollHeight - scrollTop - clientHeight < NEAR_PX)
          }
        >
          {lines.map((line) => (
            <li key={line.id} className={styles.line} data-status={line.status}>
              <span className={styles.time}>{moment(line.elapsedMs)}</span>
              <span className={styles.step}>{line.step ? stepName(line.step) : ""}</span>
              <span className={styles.message}>
                <Prose text={line.message} />
              </span>
            </li>
          ))}
        </ol>
        {following ? null : (
          <div className={styles.newest}>
            <Button size="small" onClick={() => setFollowing(true)}>
              Scroll to the newest
            </Button>
          </div>
        )}
      </div>
    </Fold>
  );
}

/** The time of an event, since the start of the run. */
function moment(elapsedMs: number): string {
  return elapsedMs < 50 ? "0.0 s" : shortDuration(elapsedMs);
}
