/**
 * Schemas of the server's answers: types for the compiler and validation at run time.
 *
 * A page that was left open during an upgrade talks to a newer server. Validating each answer once, here,
 * turns a changed shape into one clear error instead of `undefined` somewhere in a component.
 */
import * as v from "valibot";
import type * as api from "./schema.generated";

/** `T` of a server that may leave things out: the page takes more than the document says, never less. */
type Tolerant<T> = T extends readonly (infer I)[]
  ? readonly Tolerant<I>[]
  : T extends object
    ? { [K in keyof T]?: Tolerant<T[K]> | null | undefined }
    : T;

/**
 * An answer's fields that the page uses. The compiler refuses one that the API's document doesn't have, or
 * has as another type.
 */
export const fieldsOf =
  <T>() =>
  <
    E extends {
      [K in keyof E]: K extends keyof T
        ? v.GenericSchema<unknown, Tolerant<T[K]> | null | undefined>
        : never;
    },
  >(
    fields: E,
  ) =>
    v.object(fields);

export const currentUserSchema = fieldsOf<api.CurrentUser>()({
  user_name: v.string(),
  email: v.nullable(v.string()),
  display_name: v.nullable(v.string()),
  /** `platform`: from the headers of the Databricks Apps proxy; `local`: the development user. */
  source: v.picklist(["platform", "local"]),
});
export type CurrentUser = v.InferOutput<typeof currentUserSchema>;

export const versionSchema = fieldsOf<api.Version>()({
  name: v.string(),
  version: v.string(),
  commit: v.nullable(v.string()),
});
export type Version = v.InferOutput<typeof versionSchema>;

export const databaseStateSchema = v.picklist(["ok", "down", "migrating", "emptied", "wrong_key"]);
export type DatabaseState = v.InferOutput<typeof databaseStateSchema>;

export const databaseSchema = fieldsOf<api.DatabaseStatus>()({
  state: databaseStateSchema,
  kind: v.picklist(["autoscaling", "provisioned", "postgres"]),
  server_version: v.nullish(v.string()),
  schema: v.nullish(v.string()),
  /** Number of the newest migration that was applied. */
  migration: v.nullish(v.number()),
  latency_ms: v.nullish(v.number()),
  message: v.nullish(v.string()),
});
export type Database = v.InferOutput<typeof databaseSchema>;

export const readinessSchema = fieldsOf<api.Ready>()({
  ready: v.boolean(),
  database: databaseSchema,
});
export type Readiness = v.InferOutput<typeof readinessSchema>;

const originSchema = v.picklist(["seed", "databricks", "user"]);
export type Origin = v.InferOutput<typeof originSchema>;

const ownership = {
  /** Everybody has it; else the user alone. */
  shared: v.boolean(),
  /** Whether the user may change and delete it: administrators may with shared ones. */
  can_edit: v.boolean(),
};

export const promptSchema = fieldsOf<api.Prompt>()({
  id: v.string(),
  name: v.string(),
  description: v.nullish(v.string()),
  category: v.nullish(v.string()),
  content: v.string(),
  origin: originSchema,
  ...ownership,
});
export type Prompt = v.InferOutput<typeof promptSchema>;
export const promptsSchema = fieldsOf<api.Prompts>()({ prompts: v.array(promptSchema) });

export const styleSchema = fieldsOf<api.Style>()({
  ...promptSchema.entries,
  is_default: v.boolean(),
  /** The theme of a style from a PowerPoint file. */
  theme: v.nullish(v.string()),
  notes: v.nullish(v.array(v.string())),
});
export type Style = v.InferOutput<typeof styleSchema>;
export const stylesSchema = fieldsOf<api.Styles>()({ styles: v.array(styleSchema) });

/** What the assistant uses; what isn't chosen comes from the app's settings. */
const assistantOptionsSchema = fieldsOf<api.AssistantOptions>()({
  endpoint: v.nullish(v.string()),
  spaces: v.nullish(v.array(v.string())),
  review_outline: v.nullish(v.boolean()),
  temperature: v.nullish(v.number()),
});

export const profileSchema = fieldsOf<api.Profile>()({
  id: v.string(),
  name: v.string(),
  description: v.nullish(v.string()),
  is_default: v.boolean(),
  prompt_id: v.nullish(v.string()),
  style_id: v.nullish(v.string()),
  options: v.nullish(assistantOptionsSchema),
  ...ownership,
});
export type AssistantOptions = v.InferOutput<typeof assistantOptionsSchema>;
export type Profile = v.InferOutput<typeof profileSchema>;
export const profilesSchema = fieldsOf<api.Profiles>()({ profiles: v.array(profileSchema) });

export const errorSchema = v.object({
  error: v.looseObject({ code: v.string(), message: v.string() }),
});
