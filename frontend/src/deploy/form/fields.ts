/** The form's fields: for which operations they are shown, and their descriptions. */
import type { Operation } from "../contract";
import { SETTINGS } from "./settings";

/** A setting that no operation of the form takes has no field. */
type Described = Exclude<(typeof SETTINGS)[number], { takenBy: readonly [] }>;
/** All settings with a field, including those that are never stored. */
export type FieldKey = Described["name"];
type Holding<Kind> = Extract<Described, { kind: Kind }>["name"];
/** Fields whose value is a text, including lists of texts and pairs. */
export type TextKey = Holding<"text" | "texts" | "map">;
export type SwitchKey = Holding<"flag">;

/** A setting as its field shows it. */
export interface Setting {
  name: FieldKey;
  label: string;
  help: string;
  kind: "text" | "flag" | "texts" | "map" | "secret" | "wheel";
  choices: readonly Choice[];
  /** The default, in words. */
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

const ALL: readonly Setting[] = SETTINGS.filter(hasField);

function hasField(described: (typeof SETTINGS)[number]): described is Described {
  return described.takenBy.length > 0;
}

function byName<Value>(read: (setting: Setting) => Value): Record<FieldKey, Value> {
  const entries = ALL.map((setting) => [setting.name, read(setting)]);
  return Object.fromEntries(entries) as Record<FieldKey, Value>;
}

const BY_NAME = byName((setting) => setting);

export function setting(name: FieldKey): Setting {
  return BY_NAME[name];
}

/** The operations that use a key. */
export const TAKEN_BY = byName(({ takenBy }) => takenBy);

/** Keys without a default, for existing apps only. */
export const NEEDED: Record<Operation, readonly FieldKey[]> = {
  create: neededBy("create"),
  update: neededBy("update"),
  delete: neededBy("delete"),
};

function neededBy(operation: Operation): FieldKey[] {
  return ALL.filter((one) => one.neededBy.includes(operation)).map(({ name }) => name);
}

/** All fields, in the order of the settings. */
export const FIELDS: readonly FieldKey[] = ALL.map(({ name }) => name);

export const LABELS = byName(({ label }) => label);

/** The keys under “More settings”, in their order. */
export const FOLDED: readonly FieldKey[] = ALL.filter(({ folded }) => folded).map(
  ({ name }) => name,
);

export function takes(operation: Operation, key: FieldKey): boolean {
  return TAKEN_BY[key].includes(operation);
}
