/** The form's fields: which there are, for which operation, and what a person needs to know of each. */
import type { Operation } from "../contract";
import { SETTINGS } from "./settings";

type Described = (typeof SETTINGS)[number];
/** All settings with a field, those that are never kept among them. */
export type FieldKey = Described["name"];
type Holding<Kind> = Extract<Described, { kind: Kind }>["name"];
/** Fields whose value is a text; of several texts and of pairs as well. */
export type TextKey = Holding<"text" | "texts" | "map">;
export type SwitchKey = Holding<"flag">;

/** A setting as its field shows it. */
export interface Setting {
  name: FieldKey;
  label: string;
  help: string;
  kind: "text" | "flag" | "texts" | "map" | "secret" | "wheel";
  choices: readonly Choice[];
  /** What holds where it is left out, in words. */
  leftOut: Record<Operation, string>;
  takenBy: readonly Operation[];
  neededBy: readonly Operation[];
  keptByUpdate: boolean;
  folded: boolean;
}

export interface Choice {
  value: string;
  label: string;
  note: string;
}

const ALL: readonly Setting[] = SETTINGS;

function byName<Value>(read: (setting: Setting) => Value): Record<FieldKey, Value> {
  const entries = ALL.map((setting) => [setting.name, read(setting)]);
  return Object.fromEntries(entries) as Record<FieldKey, Value>;
}

const BY_NAME = byName((setting) => setting);

export function setting(name: FieldKey): Setting {
  return BY_NAME[name];
}

/** Which operations take a key. */
export const TAKEN_BY = byName(({ takenBy }) => takenBy);

/** Keys without a default; only for what is there already. */
export const NEEDED: Record<Operation, readonly FieldKey[]> = {
  create: neededBy("create"),
  update: neededBy("update"),
  delete: neededBy("delete"),
};

function neededBy(operation: Operation): FieldKey[] {
  return ALL.filter((one) => one.neededBy.includes(operation)).map(({ name }) => name);
}

export const LABELS = byName(({ label }) => label);

/** Keys that stand behind “More settings”, in their order. */
export const FOLDED: readonly FieldKey[] = ALL.filter(({ folded }) => folded).map(
  ({ name }) => name,
);

export function takes(operation: Operation, key: FieldKey): boolean {
  return TAKEN_BY[key].includes(operation);
}
