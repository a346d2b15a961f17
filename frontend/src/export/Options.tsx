/** The options of a format. */
import { useId } from "react";
import styles from "./Options.module.css";

export function RadioOptions<T extends string>({
  legend,
  value,
  options,
  onChange,
}: {
  legend: string;
  value: T;
  options: readonly { value: T; label: string; hint: string }[];
  onChange: (next: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className={styles.options}>
      <legend className="visually-hidden">{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className={styles.option}>
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>
            {option.label} <span className={styles.hint}>{option.hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function CheckOption({
  label,
  isOn,
  onChange,
}: {
  label: string;
  isOn: boolean;
  onChange: (next: boolean) => void;
}) {
  return (
    <div className={styles.options}>
      <label className={styles.option}>
        <input type="checkbox" checked={isOn} onChange={({ target }) => onChange(target.checked)} />
        <span>{label}</span>
      </label>
    </div>
  );
}
