import { useEffect, useState } from "react";
import type { ShownTurn } from "../../assistant/turnState";
import { isActive } from "../../assistant/turnState";
import { endOf, nextOf, nowOf, STEPS, stepOf, usageOf } from "../../assistant/words";
import { Icon, type IconName } from "../../components/Icon";
import { Prose } from "../../components/Prose";
import styles from "./Progress.module.css";

/** What happens now and what is next; in its place at the end, how long it took and what was used. */
export function Progress({ turn }: { turn: ShownTurn }) {
  const isGoing = isActive(turn);
  const at = stepOf(turn.stage);
  const usage = usageOf(turn);
  return (
    <div className={styles.progress} data-state={turn.state}>
      <div className={styles.track} aria-hidden="true">
        {STEPS.map((step, index) => (
          <span
            key={step}
            className={styles.part}
            data-part={index < at ? "done" : index === at && isGoing ? "now" : undefined}
          />
        ))}
      </div>
      <div className={styles.words}>
        <span className={styles.now}>
          {isGoing ? (
            <Icon
              name={turn.state === "queued" ? "clock" : "turn"}
              turning={turn.state === "running"}
            />
          ) : (
            <Icon name={ENDS[turn.state] ?? "check"} />
          )}
          <strong className={styles.name}>
            {isGoing || turn.state === "review" ? <Now turn={turn} /> : endOf(turn)}
          </strong>
        </span>
        <span className={styles.next} title={usage?.long}>
          {isGoing || turn.state === "review" ? nextOf(turn) : (usage?.short ?? "")}
        </span>
      </div>
    </div>
  );
}

const ENDS: Partial<Record<ShownTurn["state"], IconName>> = {
  failed: "warning",
  cancelled: "stop",
  review: "pause",
};

function Now({ turn }: { turn: ShownTurn }) {
  const { waiting } = turn.live;
  if (waiting && waiting.until > 0) return <Waiting {...waiting} />;
  return nowOf(turn);
}

/** Counts down until the job tries again. */
function Waiting({ reason, until }: { reason: string; until: number }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1_000));
  const said = WAITS[reason] ?? (reason || "The model is busy");
  return (
    <>
      <Prose text={said} />
      {seconds > 0 ? (
        <span aria-hidden="true" className={styles.count}>
          {" "}
          · {seconds} s
        </span>
      ) : null}
    </>
  );
}

const WAITS: Record<string, string> = {
  busy: "The model is busy",
  down: "The model isn’t answering",
};
