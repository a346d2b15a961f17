import { Icon } from "../../components/Icon";
import { isBlank } from "../../deck/find";
import { useEditor } from "../Editor";
import styles from "./Beginning.module.css";

const FOR_A_DECK = [
  "Shorten the text on every slide",
  "Turn the table into a chart",
  "Translate the deck to German",
  "Add a closing slide with the next steps",
];

/** What can be asked, before anything was. Choosing one puts it into the field. */
export function Beginning({ onSuggest }: { onSuggest: (message: string) => void }) {
  const { snapshot } = useEditor();
  const isEmpty = isBlank(snapshot.deck);
  return (
    <div className={styles.beginning}>
      <span className={styles.sign}>
        <Icon name="sparkle" />
      </span>
      <p className={styles.lead}>
        {isEmpty
          ? "Describe the deck: what it should tell, and to whom."
          : "Say what to change, on the selected slides or in the whole deck."}
      </p>
      {isEmpty ? null : (
        <ul className={styles.list}>
          {FOR_A_DECK.map((example) => (
            <li key={example}>
              <button type="button" className={styles.example} onClick={() => onSuggest(example)}>
                {example}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
