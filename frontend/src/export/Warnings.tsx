/** What of the deck isn't in a file as it was meant. */
import { Icon } from "../components/Icon";
import styles from "./Warnings.module.css";

/** The most that are shown; the others are counted. */
const MOST = 3;

export function Warnings({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null;
  const more = lines.length - MOST;
  return (
    <ul className={styles.warnings} aria-label="Not as it was meant">
      {lines.slice(0, MOST).map((line) => (
        <li key={line}>
          <Icon name="warning" />
          {line}.
        </li>
      ))}
      {more > 0 ? <li>And {more} more.</li> : null}
    </ul>
  );
}
