/** The widget's traits are the form's arguments, except secrets. */
import type { Arguments, DeploySnapshot } from "../../../frontend/src/deploy";
import { type FormValues, fromArguments, KEPT } from "../../../frontend/src/deploy/form/values";
import { isOfForm } from "../../../frontend/src/deploy/request";
import type { Model } from "./model";

export function argumentsOf(model: Model): Arguments {
  return Object.fromEntries(KEPT.map((name) => [name, model.get(name)]));
}

export function valuesOf(model: Model): FormValues {
  return fromArguments(argumentsOf(model));
}

/** Makes the form's values visible in Python. A rollback or a restore has none: the traits stay as they are. */
export function tellTraits(model: Model, { operation, arguments: given }: DeploySnapshot): void {
  if (!isOfForm(operation)) return;
  const now: [string, unknown][] = KEPT.map((name) => [name, given[name] ?? null]);
  now.push(["operation", operation]);
  const changed = now.filter(([name, value]) => !same(model.get(name) ?? null, value));
  if (changed.length === 0) return;
  for (const [name, value] of changed) model.set(name, value);
  model.save_changes();
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
