import type { ReactNode } from "react";
import { Icon, type IconName } from "../../components/Icon";
import styles from "./NewDeck.module.css";
import { useCreateDeck } from "./useCreateDeck";
import { useImportDeck } from "./useImportDeck";

/** The three ways to a deck: a new one, the sample, a file. */
export function NewDeck() {
  const { create, isCreating, problem: notCreated } = useCreateDeck();
  const { choose, input, problem: notImported } = useImportDeck(create);
  const problem = notCreated ?? notImported;
  return (
    <section aria-label="Create a deck">
      <div className={styles.row}>
        <Choice
          icon="plus"
          name="New deck"
          hint="Start with a cover and go from there"
          disabled={isCreating}
          onClick={() => create({ title: "Untitled deck" })}
        />
        <Choice
          icon="play"
          name="Sample deck"
          hint="Seven slides that explain Tellr"
          disabled={isCreating}
          onClick={() => create({ from: "sample" })}
        />
        <Choice
          icon="upload"
          name="Import"
          hint="A Tellr deck that was exported"
          disabled={isCreating}
          onClick={choose}
        />
      </div>
      {input}
      {problem}
    </section>
  );
}

function Choice({
  icon,
  name,
  hint,
  ...rest
}: {
  icon: IconName;
  name: string;
  hint: ReactNode;
  disabled: boolean;
  onClick: () => void;
}) {
  return (
    <button type="button" className={styles.choice} {...rest}>
      <span className={styles.sign}>
        <Icon name={icon} />
      </span>
      <span className={styles.words}>
        <span className={styles.name}>{name}</span>
        <span className={styles.hint}>{hint}</span>
      </span>
    </button>
  );
}
