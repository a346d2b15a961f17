/** A control with its label, explanation and error. */
import { type ReactNode, useId } from "react";
import { Icon } from "../../components/Icon";
import { Prose } from "../../components/Prose";
import type { DeployError } from "../contract";
import styles from "./Field.module.css";
import { useForm } from "./FormContext";
import { type FieldKey, LABELS, NEEDED, type TextKey } from "./fields";
import { useShownError } from "./useShownError";

interface Described {
  help?: ReactNode;
  error: DeployError | null;
  id: string;
}

export function describedBy({ help, error, id }: Described): string | undefined {
  const ids = [error ? `${id}-error` : null, help ? `${id}-help` : null].filter(Boolean);
  return ids.length > 0 ? ids.join(" ") : undefined;
}

export function Description({ help, error, id }: Described) {
  return (
    <>
      {error ? (
        <p className={styles.error} id={`${id}-error`}>
          <Icon name="warning" />
          <span>
            <Prose text={sentence(error.cause || error.message)} />
          </span>
        </p>
      ) : null}
      {help ? (
        <p className={styles.help} id={`${id}-help`}>
          {typeof help === "string" ? <Prose text={help} /> : help}
        </p>
      ) : null}
    </>
  );
}

export function TextField({
  name,
  placeholder,
  help,
  mono = true,
}: {
  name: TextKey;
  placeholder?: string | undefined;
  help?: ReactNode;
  mono?: boolean;
}) {
  const id = useId();
  const { operation, values, change, register } = useForm();
  const { error, leave } = useShownError(name);
  const needed = NEEDED[operation].includes(name);
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {LABELS[name]}
        {needed ? (
          <span className={styles.needed} aria-hidden="true">
            needed
          </span>
        ) : null}
      </label>
      <input
        ref={register(name)}
        id={id}
        className={mono ? styles.mono : styles.input}
        value={values[name]}
        placeholder={placeholder}
        required={needed}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={!mono}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy({ help, error, id })}
        onChange={(event) => change(name, event.target.value)}
        onBlur={leave}
      />
      <Description help={help} error={error} id={id} />
    </div>
  );
}

/** Pairs, one per line: `NAME=value`. */
export function LinesField({ name, help }: { name: TextKey; help: string }) {
  const { values, change, register } = useForm();
  return (
    <Labelled name={name} help={help}>
      {(control) => (
        <textarea
          {...control}
          ref={register(name)}
          className={styles.mono}
          rows={2}
          placeholder="NAME=value"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={values[name]}
          onChange={(event) => change(name, event.target.value)}
        />
      )}
    </Labelled>
  );
}

/** A field around another kind of control. */
export function Labelled({
  name,
  help,
  children,
}: {
  name: FieldKey;
  help?: ReactNode;
  children: (control: {
    id: string;
    "aria-invalid": true | undefined;
    "aria-describedby": string | undefined;
    onBlur: () => void;
  }) => ReactNode;
}) {
  const id = useId();
  const { error, leave } = useShownError(name);
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {LABELS[name]}
      </label>
      {children({
        id,
        "aria-invalid": error ? true : undefined,
        "aria-describedby": describedBy({ help, error, id }),
        onBlur: leave,
      })}
      <Description help={help} error={error} id={id} />
    </div>
  );
}

/** The catalogue's sentences have no full stop, so that each place can add its own punctuation. */
export function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`;
}
