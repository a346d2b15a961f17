import { createContext, type RefCallback, useContext } from "react";
import type { DeployError, Operation } from "../contract";
import type { FieldKey } from "./fields";
import type { FormValues, Unkept } from "./values";

/** What the fields of a form share. */
export interface FormState {
  operation: Operation;
  values: FormValues;
  unkept: Unkept;
  errorOf(key: FieldKey): DeployError | null;
  change<Key extends keyof FormValues>(key: Key, value: FormValues[Key]): void;
  keep(unkept: Partial<Unkept>): void;
  /** Makes the field's control known, so that it can be gone to. */
  register(key: FieldKey): RefCallback<HTMLElement>;
  /** All mistakes are shown, not only where somebody was. */
  attempted: boolean;
}

export const FormContext = createContext<FormState | null>(null);

export function useForm(): FormState {
  const form = useContext(FormContext);
  if (form === null) throw new Error("a field stands outside of a form");
  return form;
}
