/** The widget's traits are the form's arguments; what is secret is none. */
import type { Arguments, DeploySnapshot } from "../../../frontend/src/deploy";
import { type FormValues, fromArguments } from "../../../frontend/src/deploy/form/values";
import type { Model } from "./model";

const NAMES = [
  "lakebase_name",
  "schema_name",
  "app_name",
  "app_file_workspace_path",
  "lakebase_compute",
  "app_compute",
  "app_version",
  "description",
  "use_test_pypi",
  "encryption_key_storage",
  "app_package",
  "seed_databricks_defaults",
  "extra_scopes",
  "reset_database",
] as const satisfies readonly (keyof Arguments)[];

export function argumentsOf(model: Model): Arguments {
  return Object.fromEntries(NAMES.map((name) => [name, model.get(name)]));
}

export function valuesOf(model: Model): FormValues {
  return fromArguments(argumentsOf(model));
}

/** Lets Python see what the form says. */
export function tellTraits(model: Model, { operation, arguments: given }: DeploySnapshot): void {
  const now: [string, unknown][] = NAMES.map((name) => [name, given[name] ?? null]);
  now.push(["operation", operation]);
  const changed = now.filter(([name, value]) => !same(model.get(name) ?? null, value));
  if (changed.length === 0) return;
  for (const [name, value] of changed) model.set(name, value);
  model.save_changes();
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
