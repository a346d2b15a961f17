import { useId } from "react";
import { useForm } from "./FormContext";
import { LABELS, type SwitchKey } from "./fields";
import styles from "./SwitchField.module.css";

/** An on/off setting, with an explanation of on. */
export function SwitchField({
  name,
  label = LABELS[name],
  help,
  danger = false,
}: {
  name: SwitchKey;
  label?: string;
  help: string;
  danger?: boolean;
}) {
  const id = useId();
  const { values, change, register } = useForm();
  return (
    <div className={styles.field} data-danger={danger || undefined}>
      <input
        ref={register(name)}
        id={id}
        type="checkbox"
        role="switch"
        className={styles.switch}
        checked={values[name]}
        aria-checked={values[name]}
        aria-describedby={`${id}-help`}
        onChange={(event) => change(name, event.target.checked)}
      />
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <p className={styles.help} id={`${id}-help`}>
        {help}
      </p>
    </div>
  );
}
