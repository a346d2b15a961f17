/** Themes that the server knows besides those of the engine: of slide styles from companies' files. */
import * as v from "valibot";
import type { Theme } from "../deck/theme";
import { fetchJson, readAnswer } from "./client";
import { styleSchema } from "./schema";

/** The engine checks the rest, as the server did. */
const themeSchema = v.looseObject({ id: v.string(), name: v.string() });
const themesSchema = v.object({ themes: v.array(themeSchema) });

/** All themes that the user can choose, the default first. */
export async function fetchThemes(signal: AbortSignal): Promise<Theme[]> {
  const { themes } = await fetchJson("/api/themes", themesSchema, signal);
  return themes as unknown as Theme[];
}

/** The theme of a deck that the user may see. */
export async function fetchTheme(id: string): Promise<Theme> {
  const { signal } = new AbortController();
  const theme = await fetchJson(`/api/themes/${encodeURIComponent(id)}`, themeSchema, signal);
  return theme as unknown as Theme;
}

export const STYLE_FILE_TYPES = ".pptx,.potx";
/** What the server takes. */
export const MOST_STYLE_FILE_BYTES = 32 * 1024 * 1024;

/** Creates a style from a PowerPoint file; with `shared` everybody has it, which only administrators may do. */
export async function uploadStyle(file: File, name: string, shared: boolean) {
  const asked = new URLSearchParams({ name, shared: String(shared) });
  const headers = { accept: "application/json", "content-type": "application/octet-stream" };
  const init = { method: "POST", headers, body: file };
  return readAnswer(`/api/settings/styles/file?${asked}`, init, styleSchema);
}
