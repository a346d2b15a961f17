import { createContext, type RefCallback, useContext } from "react";
import type { DeployError, Operation } from "../contract";
import type { FieldKey } from "./fields";
import type { FormValues, Unkept } from "./values";

/** The state shared by the fields of a form. */
export interface FormState {
  operation: Operation;
  values: FormValues;
  unkept: Unkept;
  errorOf(key: FieldKey): DeployError | null;
  change<Key extends keyof FormValues>(key: Key, value: FormValues[Key]): void;
  keep(unkept: Partial<Unkept>): void;
  /** Registers the field's control, so that it can be focused. */
  register(key: FieldKey): RefCallback<HTMLElement>;
  /** Whether all errors are shown, not only those of visited fields. */
  attempted: boolean;
}

export const FormContext = createContext<FormState | null>(null);

export function useForm(): FormState {
  const form = useContext(FormContext);
  if (form === null) throw new Error("a field stands outside of a form");
  return form;
}
