/** The form's fields: which there are, for which operation, and what a person needs to know of each. */
import type { Operation } from "../contract";
import type { FormValues } from "./values";

export type TextKey = {
  [Key in keyof FormValues]: FormValues[Key] extends string ? Key : never;
}[keyof FormValues];
export type SwitchKey = Exclude<keyof FormValues, TextKey>;
/** All keys that an error may name, those of the two fields that are never kept among them. */
export type FieldKey = keyof FormValues | "encryption_key" | "local_wheel";

export interface Choice {
  value: string;
  label: string;
  note: string;
}

const ALL: readonly Operation[] = ["create", "update", "delete"];
const DEPLOYS: readonly Operation[] = ["create", "update"];

/** Which operations take a key. */
export const TAKEN_BY: Record<FieldKey, readonly Operation[]> = {
  app_name: ALL,
  lakebase_name: ALL,
  schema_name: ALL,
  app_file_workspace_path: ALL,
  lakebase_compute: ["create"],
  app_compute: DEPLOYS,
  app_version: DEPLOYS,
  description: DEPLOYS,
  app_package: DEPLOYS,
  use_test_pypi: DEPLOYS,
  encryption_key_storage: DEPLOYS,
  encryption_key: DEPLOYS,
  extra_scopes: DEPLOYS,
  seed_databricks_defaults: DEPLOYS,
  local_wheel: DEPLOYS,
  reset_database: ["update", "delete"],
};

/** Keys without a default; only for what is there already. */
export const NEEDED: Record<Operation, readonly TextKey[]> = {
  create: [],
  update: ["app_name", "lakebase_name", "schema_name"],
  delete: ["app_name"],
};

export const LABELS: Record<FieldKey, string> = {
  app_name: "App name",
  lakebase_name: "Lakebase database",
  schema_name: "Schema",
  app_file_workspace_path: "Workspace folder",
  lakebase_compute: "Database size",
  app_compute: "App size",
  app_version: "Version",
  description: "Description",
  app_package: "Package",
  use_test_pypi: "Install from the test index",
  encryption_key_storage: "Where the encryption key is kept",
  encryption_key: "Encryption key",
  extra_scopes: "Further API scopes",
  seed_databricks_defaults: "Add content about Databricks",
  local_wheel: "Wheel from this machine",
  reset_database: "Empty the database",
};

/** The app's own defaults, shown where a value is left out. */
export const DEFAULTS = {
  app_name: "tellr",
  lakebase_name: "tellr-db",
  schema_name: "app_data",
  description: "Tellr AI Slide Generator",
} as const;

export const APP_SIZES: readonly Choice[] = [
  { value: "MEDIUM", label: "Medium", note: "2 vCPU, 6 GB" },
  { value: "LARGE", label: "Large", note: "4 vCPU, 12 GB" },
  { value: "XLARGE", label: "X-large", note: "The largest" },
];

export const DATABASE_SIZES: readonly Choice[] = [
  { value: "CU_1", label: "1 CU", note: "0.5 to 2" },
  { value: "CU_2", label: "2 CU", note: "1 to 4" },
  { value: "CU_4", label: "4 CU", note: "2 to 8" },
  { value: "CU_8", label: "8 CU", note: "4 to 16" },
];

export const PACKAGES: readonly Choice[] = [
  { value: "tellr-app", label: "tellr-app", note: "One native program" },
  { value: "databricks-tellr-app", label: "databricks-tellr-app", note: "The original, in Python" },
];

export const KEY_PLACES: readonly Choice[] = [
  { value: "secret_scope", label: "Secret scope", note: "app.yaml only refers to it" },
  { value: "app_yaml", label: "app.yaml", note: "Whoever reads the app’s files reads it" },
];

/** Keys that stand behind “More settings”, in their order. */
export const FOLDED: readonly FieldKey[] = [
  "app_file_workspace_path",
  "description",
  "app_package",
  "local_wheel",
  "use_test_pypi",
  "extra_scopes",
  "seed_databricks_defaults",
  "encryption_key_storage",
  "encryption_key",
];

export function takes(operation: Operation, key: FieldKey): boolean {
  return TAKEN_BY[key].includes(operation);
}
