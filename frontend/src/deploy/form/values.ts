/** The form's values, and how they become arguments and are made of them. */
import type { Arguments, Operation } from "../contract";
import { type FieldKey, type SwitchKey, setting, type TextKey, takes } from "./fields";
import { SETTINGS } from "./settings";

/**
 * What the form keeps. An empty text is a value left out. Nothing secret. Several texts are separated by
 * spaces or commas; of pairs each has a line, `NAME=value`.
 */
export type FormValues = Record<TextKey, string> & Record<SwitchKey, boolean>;

/** What the form holds only while it is open: a secret, and a file of megabytes. */
export interface Unkept {
  encryption_key: string;
  local_wheel: { file_name: string; content: string } | null;
}

/** The keys of what the form keeps. */
export const KEPT: readonly (keyof FormValues)[] = SETTINGS.map(({ name }) => name).filter(isKept);

function isKept(name: FieldKey): name is keyof FormValues {
  return !["secret", "wheel"].includes(setting(name).kind);
}

export const EMPTY: FormValues = fromArguments({});

export const NOTHING_UNKEPT: Unkept = { encryption_key: "", local_wheel: null };

/** The arguments that the values say, for an operation: only what it takes, and only what is given. */
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
      return wordsOf(value);
    case "map":
      return pairsOf(value);
    default:
      return value;
  }
}

/** Values made of arguments; what they leave out is empty. */
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
      return Array.isArray(value) ? value.join(" ") : "";
    case "map":
      return Object.entries(value ?? {})
        .map(([name, text]) => `${name}=${text}`)
        .join("\n");
    default:
      return typeof value === "string" ? value : "";
  }
}

/** Without what must not be kept or shown. */
export function shown(given: Arguments): Arguments {
  const { encryption_key: _key, local_wheel: _wheel, ...rest } = given;
  return rest;
}

function wordsOf(text: string): string[] | null {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
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
