/**
 * The form's errors, field by field, found by the same code that a deployment uses.
 *
 * That code stops at the first error, as a deployment would. So each field is checked alone, and then all
 * of them together for what depends on several fields: missing values and contradictions.
 */
import type { Arguments, DeployError, DeployerLike, Operation, WheelArgument } from "../contract";
import { type FieldKey, NEEDED, TAKEN_BY, takes } from "./fields";
import { type FormValues, toArguments, type Unkept } from "./values";

export type FieldErrors = Partial<Record<FieldKey, DeployError>>;

export interface Checked {
  fields: FieldErrors;
  /** Errors that belong to no field of the form. */
  form: DeployError | null;
}

export const ALL_WELL: Checked = { fields: {}, form: null };

/** Keys that have another name in the deployer than in the form. */
const SAME_AS: Partial<Record<string, FieldKey>> = { local_wheel_path: "local_wheel" };
/** Other values that a value's rules depend on. */
const TOGETHER: Partial<Record<FieldKey, readonly FieldKey[]>> = {
  app_version: ["app_package"],
  local_wheel: ["app_package"],
};

/** Valid names, used to find other errors. */
const NAMES = { app_name: "tellr", lakebase_name: "tellr-db", schema_name: "app_data" };
/** One byte in base64. */
const STAND_IN = "AA==";
/** The check's result for a wheel, for one package. */
const WHEELS = new WeakMap<WheelArgument, Map<string, DeployError | undefined>>();

export async function check(
  deployer: Pick<DeployerLike, "validate">,
  operation: Operation,
  values: FormValues,
  unkept: Unkept,
): Promise<Checked> {
  const given = toArguments(operation, values, unkept);
  const wheel = given.local_wheel;
  // The wheel's megabytes are checked once; at later key presses a placeholder is used.
  if (wheel) given.local_wheel = { ...wheel, content: STAND_IN };
  const checked: Checked = { fields: {}, form: null };
  const found = (error: DeployError | undefined) => {
    if (!error) return;
    const field = fieldOf(error);
    if (field === null) checked.form ??= error;
    else checked.fields[field] ??= error;
  };
  for (const key of fieldsOf(given)) {
    // `create` requires nothing, so an error can only be this field's.
    if (takes("create", key)) found(await deployer.validate(alone(given, key), "create"));
  }
  if (wheel) found(await checkWheel(deployer, wheel, given.app_package ?? ""));
  // If several are missing, only the first would be reported.
  for (const missing of NEEDED[operation].filter((key) => !given[key])) {
    const others = Object.entries(NAMES).filter(([key]) => key !== missing);
    found(await deployer.validate({ ...Object.fromEntries(others), ...given }, operation));
  }
  found(await deployer.validate(given, operation));
  return checked;
}

async function checkWheel(
  deployer: Pick<DeployerLike, "validate">,
  wheel: WheelArgument,
  app_package: string,
): Promise<DeployError | undefined> {
  const known = WHEELS.get(wheel) ?? new Map<string, DeployError | undefined>();
  WHEELS.set(wheel, known);
  if (!known.has(app_package)) {
    const given = { local_wheel: wheel, app_package: app_package || null };
    known.set(app_package, await deployer.validate(given, "create"));
  }
  return known.get(app_package);
}

export function isWell({ fields, form }: Checked): boolean {
  return form === null && Object.keys(fields).length === 0;
}

/** The field that an error belongs to. */
export function fieldOf(error: DeployError): FieldKey | null {
  // In a file a key is below others, `environments.production.app_name`, and its values below it.
  const parts = error.refused?.key?.split(/[.[]/) ?? [];
  const known = parts.map((key) => SAME_AS[key] ?? key).filter((key) => key in TAKEN_BY);
  return (known.at(-1) as FieldKey | undefined) ?? null;
}

function alone(given: Arguments, key: FieldKey): Arguments {
  const keys = [key, ...(TOGETHER[key] ?? [])];
  return Object.fromEntries(Object.entries(given).filter(([name]) => keys.some((k) => k === name)));
}

function fieldsOf(given: Arguments): FieldKey[] {
  return Object.keys(given).filter((key): key is FieldKey => key in TAKEN_BY);
}
