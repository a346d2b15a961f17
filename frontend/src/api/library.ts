/** Changes of the library: prompts, styles and profiles. */
import * as v from "valibot";
import { sendJson } from "./client";
import type { AssistantOptions, Profile, Prompt, Style } from "./schema";

export type Kind = "prompts" | "styles" | "profiles";
export type Item = Prompt | Style | Profile;

export interface TextFields {
  name: string;
  description: string;
  category: string;
  content: string;
}

export interface ProfileFields {
  name: string;
  description: string;
  prompt_id: string | null;
  style_id: string | null;
  /** Only what is chosen. */
  options: AssistantOptions;
}

const at = (kind: Kind, id: Item["id"], rest = "") =>
  `/api/settings/${kind}/${encodeURIComponent(id)}${rest}`;

/** Creates an item; with `shared` everybody has it, which only administrators may do. */
export const createItem = (
  kind: Kind,
  fields: (TextFields | ProfileFields) & { shared: boolean },
) => sendJson("POST", `/api/settings/${kind}`, fields, v.unknown());

export const changeItem = (kind: Kind, id: Item["id"], fields: TextFields | ProfileFields) =>
  sendJson("PATCH", at(kind, id), fields, v.unknown());

export const deleteItem = (kind: Kind, id: Item["id"]) =>
  sendJson("DELETE", at(kind, id), undefined, v.unknown());

/** Makes an item the user's default, or that of everybody who has chosen none. */
export const setDefault = (kind: Kind, id: Item["id"], everyone: boolean) =>
  sendJson("POST", at(kind, id, "/default"), { everyone }, v.unknown());
