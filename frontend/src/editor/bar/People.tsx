import type { Present } from "../../api/sessions";
import { Initials } from "../../components/Initials";
import styles from "./People.module.css";

const MOST_SHOWN = 3;

/** Who else has the deck open. */
export function People({ people }: { people: readonly Present[] }) {
  const names = people.map(({ name }) => name);
  const more = names.slice(MOST_SHOWN);
  return (
    <ul className={styles.people} aria-label="Also in this deck" hidden={names.length === 0}>
      {people.slice(0, MOST_SHOWN).map(({ id, name }) => (
        <li key={id} title={`${name} has the deck open`}>
          <Initials name={name} size="small" tone="other" />
          <span className="visually-hidden">{name}</span>
        </li>
      ))}
      {more.length > 0 ? (
        <li className={styles.more} title={more.join(", ")}>
          +{more.length}
          <span className="visually-hidden"> more: {more.join(", ")}</span>
        </li>
      ) : null}
    </ul>
  );
}
