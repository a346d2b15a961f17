/** The form of a prompt, a style or a profile: what all three have in common. */
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import { ApiError } from "../../api/client";
import {
  changeItem,
  createItem,
  type Item,
  type Kind,
  type ProfileFields,
  type TextFields,
} from "../../api/library";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { CheckField, InputField } from "../../components/FormField";
import styles from "./ItemForm.module.css";
import { NOUNS, useReload } from "./items";

export type Errors<F> = Partial<Record<keyof F, string>>;

export interface FormProps {
  /** What is edited; absent for a new item. */
  item: Item | undefined;
  canShare: boolean;
  /** `said`: what happened, for screen readers. */
  onClose: (said?: string) => void;
}

interface ItemFormProps<F> extends FormProps {
  kind: Kind;
  start: F;
  check: (fields: F) => Errors<F>;
  /** The field beside the name. */
  beside?: (form: Form<F>) => ReactNode;
  /** The fields after name and description. */
  children: (form: Form<F>) => ReactNode;
}

export interface Form<F> {
  fields: F;
  errors: Errors<F>;
  set: (part: Partial<F>) => void;
}

export function ItemForm<F extends TextFields | ProfileFields>({
  kind,
  item,
  start,
  check,
  canShare,
  onClose,
  beside,
  children,
}: ItemFormProps<F>) {
  const reload = useReload();
  const form = useRef<HTMLFormElement>(null);
  const [fields, setFields] = useState(start);
  const [shared, setShared] = useState(false);
  const [isChecked, setChecked] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const noun = NOUNS[kind];
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => {
      const name = fields.name.trim();
      return item
        ? changeItem(kind, item.id, { ...fields, name })
        : createItem(kind, { ...fields, name, shared });
    },
    onSuccess: () => {
      void reload();
      onClose(item ? `${noun} saved` : `${noun} created`);
    },
  });
  const isTaken = error instanceof ApiError && error.code === "name_taken";
  const found: Errors<F> = isChecked ? check(fields) : {};
  const errors: Errors<F> = isTaken && !found.name ? { ...found, name: error.message } : found;

  const set = (part: Partial<F>) => {
    setLeaving(false);
    setFields((before) => ({ ...before, ...part }));
  };
  const submit = () => {
    setChecked(true);
    const wrong = Object.keys(check(fields));
    if (wrong.length === 0) {
      if (!isPending) mutate();
      return;
    }
    const field = form.current?.querySelector<HTMLElement>(
      wrong.map((one) => `[name="${one}"]`).join(),
    );
    field?.focus();
  };
  const close = () => {
    const isChanged = JSON.stringify(fields) !== JSON.stringify(start);
    if (isChanged && !isLeaving) setLeaving(true);
    else onClose();
  };

  return (
    <Dialog title={item ? `Edit ${noun}` : `New ${noun}`} size="form" onClose={close}>
      <form
        ref={form}
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <div className={styles.row} data-uneven={beside ? true : undefined}>
          <InputField
            label="Name"
            name="name"
            required
            maxLength={100}
            autoComplete="off"
            value={fields.name}
            error={errors.name}
            onChange={({ target }) => set({ name: target.value } as Partial<F>)}
          />
          {beside?.({ fields, errors, set })}
        </div>
        <InputField
          label="Description"
          name="description"
          hint="One sentence, shown in lists."
          maxLength={1_000}
          autoComplete="off"
          value={fields.description}
          onChange={({ target }) => set({ description: target.value } as Partial<F>)}
        />
        {children({ fields, errors, set })}
        {canShare && !item ? (
          <CheckField
            label="Share with everyone"
            hint={`All users can use the ${noun}; administrators can change it.`}
            checked={shared}
            onChange={({ target }) => setShared(target.checked)}
          />
        ) : null}
        {error && !isTaken ? (
          <p role="alert" className={styles.problem}>
            The {noun} wasn’t saved: {error.message}
          </p>
        ) : null}
        {isLeaving ? (
          <div role="alert" className={styles.foot}>
            <p className={styles.question}>Discard your changes?</p>
            <Button onClick={() => setLeaving(false)}>Keep editing</Button>
            <Button tone="danger" onClick={() => onClose()}>
              Discard
            </Button>
          </div>
        ) : (
          <div className={styles.foot}>
            <Button onClick={close}>Cancel</Button>
            <Button tone="primary" submits>
              {item ? "Save" : `Create ${noun}`}
            </Button>
          </div>
        )}
      </form>
    </Dialog>
  );
}
