/** What is said of a deck's exports while no dialog shows them: one runs, or has ended. Opens the dialog. */
import { Icon } from "../components/Icon";
import { nameOf } from "./choices";
import styles from "./ExportNote.module.css";
import { type Export, isActive } from "./exportState";
import { useExports } from "./useExports";

export function ExportNote({ session, onOpen }: { session: string; onOpen: () => void }) {
  const all = useExports(session);
  const one = all.findLast(isActive) ?? all.findLast((other) => !other.isSeen);
  return (
    <span role="status" className={styles.place}>
      {one && one.phase !== "cancelled" ? (
        <button type="button" className={styles.note} data-phase={one.phase} onClick={onOpen}>
          <Icon name={iconOf(one)} turning={isActive(one) && one.phase !== "waiting"} />
          <span className={styles.words}>{wordsOf(one)}</span>
        </button>
      ) : null}
    </span>
  );
}

function iconOf(one: Export) {
  if (one.phase === "waiting" || one.phase === "failed") return "warning";
  return isActive(one) ? "turn" : "check";
}

function wordsOf(one: Export): string {
  const name = nameOf(one.choice);
  if (one.phase === "waiting") return "Connect Google again";
  if (one.phase === "failed") return `${name}: export failed`;
  if (isActive(one)) return `Exporting ${name}…`;
  return one.choice.format === "google-slides" ? "Sent to Google Slides" : `${name} downloaded`;
}
