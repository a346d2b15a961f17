import { Icon } from "../components/Icon";
import type { RunOperation } from "./contract";
import type { RunPhase } from "./run/runState";
import styles from "./Stages.module.css";
import type { View } from "./useDeployApp";

const ORDER: readonly View[] = ["form", "review", "run"];
const LAST: Record<RunOperation, string> = {
  create: "Deploy",
  update: "Update",
  delete: "Delete",
  rollback: "Roll back",
  restore: "Restore",
};

/** The progress from the form to a running app. */
export function Stages({
  view,
  phase,
  operation,
}: {
  view: View;
  phase: RunPhase;
  operation: RunOperation;
}) {
  const names: Record<View, string> = { form: "Settings", review: "Review", run: LAST[operation] };
  const current = ORDER.indexOf(view);
  return (
    <ol className={styles.stages} aria-label="Progress">
      {ORDER.map((stage, index) => {
        const done = index < current || (stage === "run" && view === "run" && phase === "finished");
        const state = done ? "done" : index === current ? "current" : "next";
        return (
          <li
            key={stage}
            className={styles.stage}
            data-state={state}
            aria-current={index === current ? "step" : undefined}
          >
            <span className={styles.mark}>{done ? <Icon name="check" /> : index + 1}</span>
            {names[stage]}
            {done ? <span className="visually-hidden"> (done)</span> : null}
          </li>
        );
      })}
    </ol>
  );
}
