import { type ReactNode, useId } from "react";
import styles from "./ChoiceField.module.css";
import { Description, describedBy } from "./Field";
import { useForm } from "./FormContext";
import { type Choice, LABELS, type TextKey } from "./fields";
import { useShownError } from "./useShownError";

/**
 * A choice among a few values, all of them visible.
 *
 * @param otherwise the value used if nothing is chosen
 */
export function ChoiceField({
  name,
  choices,
  otherwise,
  help,
}: {
  name: TextKey;
  choices: readonly Choice[];
  otherwise: string;
  help?: ReactNode;
}) {
  const id = useId();
  const { values, change, register } = useForm();
  const { error } = useShownError(name);
  const given = values[name];
  // A file may have a size in lower case, or an invalid one, which matches none of these.
  const chosen = given === "" ? otherwise : given;
  const isChosen = ({ value }: Choice) => value.toLowerCase() === chosen.toLowerCase();
  return (
    <fieldset
      className={styles.field}
      aria-describedby={describedBy({ help, error, id })}
      aria-invalid={error ? true : undefined}
    >
      <legend className={styles.label}>{LABELS[name]}</legend>
      <div className={styles.choices}>
        {choices.map((choice, index) => (
          <label key={choice.value} className={styles.choice}>
            <input
              ref={index === 0 ? register(name) : undefined}
              type="radio"
              name={id}
              className={styles.radio}
              checked={isChosen(choice)}
              onChange={() => change(name, choice.value)}
            />
            <span className={styles.name}>{choice.label}</span>{" "}
            <span className={styles.note}>{choice.note}</span>
          </label>
        ))}
      </div>
      <Description help={help} error={error} id={id} />
    </fieldset>
  );
}
