/** The inspector's fields. What they show is the deck's; what isn't valid yet stays in the field. */
import { useId, useState } from "react";
import { useEditor } from "../Editor";
import { numberOf } from "../parts";
import styles from "./fields.module.css";

interface Common<T> {
  label: string;
  value: T;
  onChange: (value: T) => void;
}

export function TextField({
  label,
  value,
  onChange,
  lines = 1,
  placeholder,
  maxLength = 300,
}: Common<string> & { lines?: number; placeholder?: string; maxLength?: number }) {
  const id = useId();
  const { session, canEdit } = useEditor();
  const shared = {
    id,
    className: styles.input,
    value,
    placeholder,
    maxLength,
    disabled: !canEdit,
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value),
    onBlur: () => session.settle(),
  };
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {lines > 1 ? <textarea {...shared} rows={lines} /> : <input {...shared} />}
    </div>
  );
}

/** A number; empty is `null`, which is refused unless `canBeEmpty`. */
export function NumberField({
  label,
  value,
  onChange,
  canBeEmpty = false,
}: Common<number | null> & { canBeEmpty?: boolean }) {
  const id = useId();
  const { session, canEdit } = useEditor();
  const [draft, setDraft] = useState<string | null>(null);
  const shown = draft ?? (value === null ? "" : String(value));
  const isFine = (shown.trim() === "" && canBeEmpty) || numberOf(shown) !== null;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className={styles.input}
        inputMode="decimal"
        value={shown}
        disabled={!canEdit}
        aria-invalid={!isFine}
        onChange={({ target }) => {
          setDraft(target.value);
          const number = numberOf(target.value);
          if (number !== null || (canBeEmpty && target.value.trim() === "")) onChange(number);
        }}
        onBlur={() => {
          setDraft(null);
          session.settle();
        }}
      />
    </div>
  );
}

export function SelectField<T extends string>({
  label,
  value,
  options,
  onChange,
}: Common<T> & { options: readonly (readonly [T, string])[] }) {
  const id = useId();
  const { canEdit } = useEditor();
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        className={styles.input}
        value={value}
        disabled={!canEdit}
        onChange={({ target }) => onChange(target.value as T)}
      >
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
