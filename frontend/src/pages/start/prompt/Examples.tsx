import { Icon } from "../../../components/Icon";
import styles from "./Examples.module.css";
import type { Example } from "./examplesOf";

/** Choosing an example puts it into the box, where it can be changed. */
export function Examples({
  examples,
  onChoose,
}: {
  examples: readonly Example[];
  onChoose: (example: Example) => void;
}) {
  return (
    <ul className={styles.list} aria-label="Examples">
      {examples.map((example) => (
        <li key={example.text}>
          <button type="button" className={styles.example} onClick={() => onChoose(example)}>
            <Icon name={example.space === null ? "text" : "chart"} />
            <span className={styles.text}>{example.text}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
