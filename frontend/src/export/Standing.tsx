/** How an export stands: its progress, what came of it, or why it failed. */
import { useLayoutEffect, useRef } from "react";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { Prose } from "../components/Prose";
import { useStable } from "../components/useStable";
import { nameOf } from "./choices";
import { type Export, isActive } from "./exportState";
import styles from "./Standing.module.css";
import { exports } from "./useExports";
import { aboutFile, nowOf, problemOf } from "./words";

export function Standing({
  one,
  isCurrent,
  onDownload,
  onEnd,
}: {
  one: Export;
  /** Whether the result is of the deck as it is now. */
  isCurrent: boolean;
  onDownload: () => void;
  /** “Cancel” had the focus, and is gone. */
  onEnd: () => void;
}) {
  if (isActive(one)) return <Going one={one} onEnd={onEnd} />;
  const { phase, problem, result } = one;
  if (phase === "cancelled") return <p className={styles.line}>Cancelled</p>;
  if (phase === "expired") {
    return <p className={styles.line}>The file isn’t kept any more. Export it again.</p>;
  }
  return (
    <>
      {result && "file_id" in result ? (
        <p className={styles.line}>
          {isCurrent ? <Icon name="check" /> : null}
          <span className={styles.file}>
            <bdi className={styles.name}>{result.name}</bdi>
            <span>{isCurrent ? aboutFile(result) : "The deck has changed since."}</span>
            {isCurrent ? null : (
              <button type="button" className={styles.link} onClick={onDownload}>
                Download the older file
              </button>
            )}
          </span>
        </p>
      ) : null}
      {problem ? (
        <div className={styles.problem} role="alert">
          <Icon name="warning" />
          <p>
            <Prose text={problemOf(problem)} />{" "}
            {phase === "done" ? (
              <button type="button" className={styles.link} onClick={onDownload}>
                Try again
              </button>
            ) : null}
          </p>
        </div>
      ) : null}
    </>
  );
}

function Going({ one, onEnd }: { one: Export; onEnd: () => void }) {
  const cancel = useRef<HTMLButtonElement>(null);
  const end = useStable(onEnd);
  // Before the button is taken out: after that nothing has the focus.
  useLayoutEffect(() => {
    const button = cancel.current;
    return () => {
      if (button !== null && button === document.activeElement) end();
    };
  }, [end]);
  const name = nameOf(one.choice);
  const now = nowOf(one);
  const isKnown = one.phase === "running" || one.phase === "waiting";
  return (
    <div className={styles.going}>
      <progress
        className={styles.bar}
        aria-label={`Export as ${name}`}
        aria-valuetext={now}
        max={100}
        {...(isKnown ? { value: one.percent } : {})}
      />
      <span className={styles.now}>{now}</span>
      <Button
        ref={cancel}
        tone="quiet"
        size="small"
        aria-label={`Cancel ${name}`}
        aria-disabled={one.isCancelling}
        onClick={() => {
          if (!one.isCancelling) void exports().cancel(one);
        }}
      >
        Cancel
      </Button>
    </div>
  );
}
