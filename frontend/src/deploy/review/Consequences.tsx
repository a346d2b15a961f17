import { useId } from "react";
import { Icon } from "../../components/Icon";
import { Prose } from "../../components/Prose";
import type { Plan, RunOperation } from "../contract";
import { capital } from "../run/Timeline";
import styles from "./Consequences.module.css";

/** A restore deletes nothing, and a rollback says what it doesn't bring back. */
const LOST: Partial<Record<RunOperation, string>> = { restore: "No longer shown" };
const KEPT: Partial<Record<RunOperation, string>> = { rollback: "Stays as it is" };

/** What is lost, and what is kept or can be restored. */
export function Consequences({ plan: { operation, lost, recoverable } }: { plan: Plan }) {
  if (lost.length === 0 && recoverable.length === 0) return null;
  return (
    <div className={styles.both}>
      {lost.length > 0 ? (
        <Side title={LOST[operation] ?? "Will be lost"} tone="lost" sentences={lost} />
      ) : null}
      {recoverable.length > 0 ? (
        <Side
          title={KEPT[operation] ?? "Kept, or can be restored"}
          tone="kept"
          sentences={recoverable}
        />
      ) : null}
    </div>
  );
}

function Side({
  title,
  tone,
  sentences,
}: {
  title: string;
  tone: "lost" | "kept";
  sentences: readonly string[];
}) {
  const id = useId();
  return (
    <section className={styles[tone]} aria-labelledby={id}>
      <h3 id={id} className={styles.title}>
        <Icon name={tone === "lost" ? "cross" : "check"} />
        {title}
      </h3>
      <ul className={styles.sentences}>
        {sentences.map((sentence) => (
          <li key={sentence}>
            <Prose text={capital(sentence)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
