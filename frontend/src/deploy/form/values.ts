/** The form's values, and how they become arguments and are made of them. */
import type { Arguments, Operation } from "../contract";
import { type FieldKey, takes } from "./fields";

/** What the form keeps. An empty text is a value left out. Nothing secret. */
export interface FormValues {
  app_name: string;
  lakebase_name: string;
  schema_name: string;
  app_file_workspace_path: string;
  lakebase_compute: string;
  app_compute: string;
  app_version: string;
  description: string;
  app_package: string;
  encryption_key_storage: string;
  /** Separated by spaces or commas. */
  extra_scopes: string;
  use_test_pypi: boolean;
  seed_databricks_defaults: boolean;
  reset_database: boolean;
}

/** What the form holds only while it is open: a secret, and a file of megabytes. */
export interface Unkept {
  encryption_key: string;
  local_wheel: { file_name: string; content: string } | null;
}

export const EMPTY: FormValues = {
  app_name: "",
  lakebase_name: "",
  schema_name: "",
  app_file_workspace_path: "",
  lakebase_compute: "",
  app_compute: "",
  app_version: "",
  description: "",
  app_package: "",
  encryption_key_storage: "",
  extra_scopes: "",
  use_test_pypi: false,
  seed_databricks_defaults: false,
  reset_database: false,
};

export const NOTHING_UNKEPT: Unkept = { encryption_key: "", local_wheel: null };

/** The arguments that the values say, for an operation: only what it takes, and only what is given. */
export function toArguments(
  operation: Operation,
  values: FormValues,
  unkept: Unkept = NOTHING_UNKEPT,
): Arguments {
  const given: Arguments = {};
  const put = <Key extends FieldKey>(key: Key, value: Arguments[Key]) => {
    if (value && takes(operation, key)) given[key] = value;
  };
  const { extra_scopes, ...rest } = values;
  const scopes = scopesOf(extra_scopes);
  for (const key of keysOf(rest)) put(key, rest[key]);
  put("extra_scopes", scopes.length > 0 ? scopes : null);
  put("encryption_key", unkept.encryption_key);
  put("local_wheel", unkept.local_wheel);
  return given;
}

/** Values made of arguments; what they leave out is empty. */
export function fromArguments(given: Arguments): FormValues {
  const text = (key: keyof Arguments) => {
    const value = given[key];
    return typeof value === "string" ? value : "";
  };
  return {
    app_name: text("app_name"),
    lakebase_name: text("lakebase_name"),
    schema_name: text("schema_name"),
    app_file_workspace_path: text("app_file_workspace_path"),
    lakebase_compute: text("lakebase_compute"),
    app_compute: text("app_compute"),
    app_version: text("app_version"),
    description: text("description"),
    app_package: text("app_package"),
    encryption_key_storage: text("encryption_key_storage"),
    extra_scopes: (given.extra_scopes ?? []).join(" "),
    use_test_pypi: given.use_test_pypi === true,
    seed_databricks_defaults: given.seed_databricks_defaults === true,
    reset_database: given.reset_database === true,
  };
}

/** Without what must not be kept or shown. */
export function shown(given: Arguments): Arguments {
  const { encryption_key: _key, local_wheel: _wheel, ...rest } = given;
  return rest;
}

export function scopesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((scope) => scope !== "");
}

function keysOf<T extends object>(object: T): (keyof T)[] {
  return Object.keys(object) as (keyof T)[];
}
