import { useId, useState } from "react";
import type { Assistant, Space } from "../../../api/chat";
import { Icon } from "../../../components/Icon";
import styles from "./Spaces.module.css";

/** More are shown when they are asked for. */
const FEW = 5;

/** Where the numbers come from: all data spaces that the person may use, or those that are chosen. */
export function Spaces({
  assistant,
  chosen,
  onChoose,
}: {
  assistant: Assistant;
  chosen: readonly string[] | null;
  onChoose: (spaces: readonly string[] | null) => void;
}) {
  const id = useId();
  const [isLong, setLong] = useState(false);
  const { spaces } = assistant;
  if (spaces.length === 0) return <p className={styles.none}>{noSpaces(assistant)}</p>;
  const shown = isLong
    ? spaces
    : spaces.filter((one, index) => index < FEW || isChosen(one, chosen));
  const toggle = ({ id: space }: Space) => {
    const next = chosen?.includes(space)
      ? chosen.filter((one) => one !== space)
      : [...(chosen ?? []), space];
    onChoose(next.length > 0 ? next : null);
  };
  return (
    <fieldset className={styles.row} aria-labelledby={id}>
      <span id={id} className={styles.label}>
        Data
      </span>
      <button
        type="button"
        className={styles.chip}
        aria-pressed={chosen === null}
        onClick={() => onChoose(null)}
      >
        {spaces.length === 1 ? "Any" : `All ${spaces.length} spaces`}
      </button>
      {shown.map((space) => (
        <button
          key={space.id}
          type="button"
          className={styles.chip}
          title={space.description || undefined}
          aria-pressed={isChosen(space, chosen)}
          onClick={() => toggle(space)}
        >
          <Icon name={isChosen(space, chosen) ? "check" : "data"} />
          <span className={styles.name}>{space.title}</span>
        </button>
      ))}
      {shown.length < spaces.length ? (
        <button type="button" className={styles.more} onClick={() => setLong(true)}>
          {spaces.length - shown.length} more
        </button>
      ) : null}
    </fieldset>
  );
}

const isChosen = ({ id }: Space, chosen: readonly string[] | null) => chosen?.includes(id) ?? false;

function noSpaces({ user_authorization }: Assistant): string {
  return user_authorization
    ? "You have no data spaces. Numbers come from your text only, and are marked."
    : "The app can’t read data spaces on your behalf: user authorization is off. Numbers come from your text only, and are marked.";
}
