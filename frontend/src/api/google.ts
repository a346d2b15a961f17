/** The connection to Google Slides: the workspace's OAuth client, and the person's account. */
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";
import { fetchJson, sendJson } from "./client";

const googleSchema = v.object({
  /** Whether the workspace has an OAuth client. */
  is_configured: v.boolean(),
  /** Whether the person may upload one. */
  can_configure: v.optional(v.boolean(), false),
  /** Whether the person's account is connected. */
  is_connected: v.boolean(),
  email: v.nullish(v.string(), null),
  /** Where Google sends people back to; it has to be registered with the client. */
  redirect_uri: v.optional(v.string(), ""),
});
export type Google = v.InferOutput<typeof googleSchema>;

export const google = queryOptions({
  queryKey: ["google"],
  queryFn: ({ signal }) => fetchJson("/api/google", googleSchema, signal),
  // It is changed in another tab.
  staleTime: 0,
});

/** Gives the address at Google where the person agrees. */
export async function connectGoogle(): Promise<string> {
  const schema = v.object({ url: v.string() });
  return (await sendJson("POST", "/api/google/connection", {}, schema)).url;
}

/** What is left to do if Google hasn't confirmed that the access has ended; else null. */
export async function disconnectGoogle(): Promise<string | null> {
  const schema = v.object({ is_revoked: v.boolean(), message: v.nullish(v.string(), null) });
  const ended = await sendJson("DELETE", "/api/google/connection", undefined, schema);
  return ended.is_revoked ? null : ended.message;
}

/** Keeps the OAuth client of the file that Google's console gives; the server checks it. */
export const uploadClient = (client: unknown) =>
  sendJson("PUT", "/api/google/client", client, v.unknown());

export const removeClient = () => sendJson("DELETE", "/api/google/client", undefined, v.unknown());
