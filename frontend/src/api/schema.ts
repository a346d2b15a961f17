/**
 * Schemas of the server's answers: types for the compiler and validation at run time.
 *
 * A page that was left open during an upgrade talks to a newer server. Validating each answer once, here,
 * turns a changed shape into one clear error instead of `undefined` somewhere in a component.
 */
import * as v from "valibot";

export const currentUserSchema = v.object({
  user_name: v.string(),
  email: v.nullable(v.string()),
  display_name: v.nullable(v.string()),
  /** `platform`: from the headers of the Databricks Apps proxy; `local`: the development user. */
  source: v.picklist(["platform", "local"]),
});
export type CurrentUser = v.InferOutput<typeof currentUserSchema>;

export const versionSchema = v.object({
  name: v.string(),
  version: v.string(),
  commit: v.nullable(v.string()),
});
export type Version = v.InferOutput<typeof versionSchema>;

export const databaseStateSchema = v.picklist(["ok", "down", "migrating", "emptied", "wrong_key"]);
export type DatabaseState = v.InferOutput<typeof databaseStateSchema>;

export const databaseSchema = v.object({
  state: databaseStateSchema,
  kind: v.picklist(["autoscaling", "provisioned", "postgres"]),
  server_version: v.nullish(v.string()),
  schema: v.nullish(v.string()),
  /** Number or name of the newest migration that was applied. */
  migration: v.nullish(v.union([v.string(), v.number()])),
  latency_ms: v.nullish(v.number()),
  message: v.nullish(v.string()),
});
export type Database = v.InferOutput<typeof databaseSchema>;

export const readinessSchema = v.object({ ready: v.boolean(), database: databaseSchema });
export type Readiness = v.InferOutput<typeof readinessSchema>;

const id = v.union([v.string(), v.number()]);
const originSchema = v.picklist(["seed", "databricks", "user"]);
export type Origin = v.InferOutput<typeof originSchema>;

export const promptSchema = v.object({
  id,
  name: v.string(),
  description: v.nullish(v.string()),
  category: v.nullish(v.string()),
  content: v.string(),
  origin: originSchema,
});
export type Prompt = v.InferOutput<typeof promptSchema>;
export const promptsSchema = v.object({ prompts: v.array(promptSchema) });

export const styleSchema = v.object({
  ...promptSchema.entries,
  is_default: v.boolean(),
});
export type Style = v.InferOutput<typeof styleSchema>;
export const stylesSchema = v.object({ styles: v.array(styleSchema) });

export const profileSchema = v.object({
  id,
  name: v.string(),
  description: v.nullish(v.string()),
  is_default: v.boolean(),
  prompt_id: v.nullish(id),
  style_id: v.nullish(id),
});
export type Profile = v.InferOutput<typeof profileSchema>;
export const profilesSchema = v.object({ profiles: v.array(profileSchema) });

export const errorSchema = v.object({
  error: v.looseObject({ code: v.string(), message: v.string() }),
});
