/** Whether the server is signed in to the workspace. */
import { queryOptions } from "@tanstack/react-query";
import * as v from "valibot";

const accessSchema = v.object({
  host: v.string(),
  signed_in: v.boolean(),
  user: v.optional(v.string()),
  sign_in_url: v.optional(v.string()),
  problem: v.optional(v.string()),
});
export type Access = v.InferOutput<typeof accessSchema>;

const hostErrorSchema = v.object({ kind: v.string(), message: v.string() });

/** Why the server forwards nothing, in its own words. */
export class AccessRefused extends Error {
  override readonly name = "AccessRefused";
}

const ADDRESS = "/api/workspace-access";
/** The poll interval while the user signs in in another tab. */
const WAITING_MS = 1_500;

export const access = queryOptions<Access>({
  queryKey: ["workspace-access"],
  queryFn: ({ signal }) => askAccess(signal),
  retry: false,
  refetchInterval: ({ state }) => (state.data?.signed_in === false ? WAITING_MS : false),
  // Checked at once when the user returns from signing in.
  refetchOnWindowFocus: true,
  staleTime: 0,
});

async function askAccess(signal: AbortSignal): Promise<Access> {
  const response = await fetch(ADDRESS, { signal, headers: { accept: "application/json" } }).catch(
    (cause: unknown) => {
      if (signal.aborted) throw cause;
      throw new AccessRefused("This page’s server doesn’t answer. Check that it is still running.");
    },
  );
  const body: unknown = await response.json().catch(() => null);
  const known = v.safeParse(accessSchema, body);
  if (response.ok && known.success) return known.output;
  const refused = v.safeParse(hostErrorSchema, body);
  throw new AccessRefused(
    refused.success
      ? refused.output.message
      : `The server beside this page gave an answer that is not understood (status ${response.status}).`,
  );
}
