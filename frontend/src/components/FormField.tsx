import { type ComponentProps, type ReactNode, useId } from "react";
import styles from "./FormField.module.css";

interface Shared {
  label: string;
  hint?: ReactNode;
  /** What is wrong with the value, and what to do. */
  error?: string | null | undefined;
}

type Field<T extends "input" | "textarea" | "select"> = Shared &
  Omit<ComponentProps<T>, "className" | "id">;

/** A text field with its label, hint and error. */
export function InputField({ label, hint, error, ...rest }: Field<"input">) {
  const { ids, described } = useDescription(hint, error);
  return (
    <Labelled {...{ label, hint, error, ids }}>
      <input {...rest} {...described} className={styles.input} />
    </Labelled>
  );
}

/** A text field of several lines. */
export function TextAreaField({ label, hint, error, ...rest }: Field<"textarea">) {
  const { ids, described } = useDescription(hint, error);
  return (
    <Labelled {...{ label, hint, error, ids }}>
      <textarea {...rest} {...described} className={styles.input} />
    </Labelled>
  );
}

/** A choice from a list. */
export function SelectField({ label, hint, error, children, ...rest }: Field<"select">) {
  const { ids, described } = useDescription(hint, error);
  return (
    <Labelled {...{ label, hint, error, ids }}>
      <select {...rest} {...described} className={styles.input}>
        {children}
      </select>
    </Labelled>
  );
}

/** A box to tick. */
export function CheckField({
  label,
  hint,
  ...rest
}: Omit<Shared, "error"> & Omit<ComponentProps<"input">, "className" | "id" | "type">) {
  const id = useId();
  return (
    <div className={styles.check}>
      <input {...rest} type="checkbox" id={id} aria-describedby={hint ? `${id}-hint` : undefined} />
      <div>
        <label className={styles.label} htmlFor={id}>
          {label}
        </label>
        {hint ? (
          <p id={`${id}-hint`} className={styles.hint}>
            {hint}
          </p>
        ) : null}
      </div>
    </div>
  );
}

interface Ids {
  field: string;
  hint: string;
  error: string;
}

function useDescription(hint: ReactNode, error: Shared["error"]) {
  const id = useId();
  const ids: Ids = { field: id, hint: `${id}-hint`, error: `${id}-error` };
  const describedBy = [error ? ids.error : null, hint ? ids.hint : null].filter(Boolean).join(" ");
  const described = {
    id,
    "aria-invalid": error ? true : undefined,
    "aria-describedby": describedBy || undefined,
  };
  return { ids, described };
}

function Labelled({
  label,
  hint,
  error,
  ids,
  children,
}: Shared & { ids: Ids; children: ReactNode }) {
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={ids.field}>
        {label}
      </label>
      {children}
      {error ? (
        <p id={ids.error} className={styles.error}>
          {error}
        </p>
      ) : null}
      {hint ? (
        <p id={ids.hint} className={styles.hint}>
          {hint}
        </p>
      ) : null}
    </div>
  );
}
