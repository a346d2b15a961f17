/** The form's values, and their conversion to and from arguments. */
import type { Arguments, Operation } from "../contract";
import { FIELDS, type FieldKey, type SwitchKey, setting, type TextKey, takes } from "./fields";

/**
 * The stored values of the form. An empty text is an omitted value. Nothing secret. Lists of texts are
 * separated by spaces or commas, names of people and groups by commas only; pairs are one per line,
 * `NAME=value`.
 */
export type FormValues = Record<TextKey, string> & Record<SwitchKey, boolean>;

/** Values that are only kept while the form is open: a secret, and a file of megabytes. */
export interface Unkept {
  encryption_key: string;
  local_wheel: { file_name: string; content: string } | null;
}

/** Lists of names that may have spaces in them. */
const WITH_SPACES: readonly FieldKey[] = ["share_with"];

/** The keys of the stored values. */
export const KEPT: readonly (keyof FormValues)[] = FIELDS.filter(isKept);

function isKept(name: FieldKey): name is keyof FormValues {
  return !["secret", "wheel"].includes(setting(name).kind);
}

export const EMPTY: FormValues = fromArguments({});

export const NOTHING_UNKEPT: Unkept = { encryption_key: "", local_wheel: null };

/** The arguments for an operation: only those that it has, and only given ones. */
export function toArguments(
  operation: Operation,
  values: FormValues,
  unkept: Unkept = NOTHING_UNKEPT,
): Arguments {
  const given: Record<string, unknown> = {};
  const put = (key: FieldKey, value: unknown) => {
    if (value && takes(operation, key)) given[key] = value;
  };
  for (const key of KEPT) put(key, argumentOf(key, values[key]));
  put("encryption_key", unkept.encryption_key);
  put("local_wheel", unkept.local_wheel);
  return given as Arguments;
}

function argumentOf(key: keyof FormValues, value: string | boolean): unknown {
  if (typeof value === "boolean") return value;
  switch (setting(key).kind) {
    case "texts":
      return wordsOf(value, WITH_SPACES.includes(key) ? /[\n,]+/ : /[\s,]+/);
    case "map":
      return pairsOf(value);
    default:
      return value;
  }
}

/** Values from arguments; omitted arguments give empty values. */
export function fromArguments(given: Arguments): FormValues {
  const all: Record<string, unknown> = { ...given };
  const entries = KEPT.map((key) => [key, shownAs(key, all[key])]);
  return Object.fromEntries(entries) as FormValues;
}

function shownAs(key: FieldKey, value: unknown): string | boolean {
  switch (setting(key).kind) {
    case "flag":
      return value === true;
    case "texts":
      return Array.isArray(value) ? value.join(WITH_SPACES.includes(key) ? ", " : " ") : "";
    case "map":
      return Object.entries(value ?? {})
        .map(([name, text]) => `${name}=${text}`)
        .join("\n");
    default:
      return typeof value === "string" || typeof value === "number" ? String(value) : "";
  }
}

/** Removes what must not be stored or shown. */
export function shown(given: Arguments): Arguments {
  const { encryption_key: _key, local_wheel: _wheel, ...rest } = given;
  return rest;
}

function wordsOf(text: string, separator: RegExp): string[] | null {
  const words = text
    .split(separator)
    .map((word) => word.trim())
    .filter((word) => word !== "");
  return words.length > 0 ? words : null;
}

function pairsOf(text: string): Record<string, string> | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) return null;
  const pair = (line: string): [string, string] => {
    const at = line.indexOf("=");
    return at < 0 ? [line.trim(), ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  };
  return Object.fromEntries(lines.map(pair));
}
