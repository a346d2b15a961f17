/**
 * Server state as queries: one function per resource, with its refresh rule.
 *
 * Without errors nothing is polled, so that the database of an idle app can scale to zero although its page
 * is open. A page refetches when it becomes visible again, and polls while there is an error.
 */
import { QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import { fetchJson } from "./client";
import {
  currentUserSchema,
  profilesSchema,
  promptsSchema,
  type Readiness,
  readinessSchema,
  stylesSchema,
  versionSchema,
} from "./schema";
import { fetchThemes } from "./themes";

/** Short, so that the end of an outage is shown soon. */
const NOT_READY_INTERVAL_MS = 2_000;
/** How long an answer stays fresh for a page that becomes visible again. */
const FRESH_MS = 15_000;

export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (_error, { queryKey }) => {
        // Readiness shows whether the database is the cause, and polls for its recovery.
        if (queryKey[0] === LIBRARY_KEY[0]) {
          void client.invalidateQueries({ queryKey: readiness.queryKey });
        }
      },
    }),
    defaultOptions: {
      // Failed queries are refetched on recovery; retries would only delay the message.
      queries: { retry: false, staleTime: FRESH_MS },
    },
  });
  return client;
}

/** The first element of the key of all database queries, so that recovery can refetch them. */
export const LIBRARY_KEY = ["library"] as const;

export const currentUser = queryOptions({
  queryKey: ["user"],
  queryFn: ({ signal }) => fetchJson("/api/user/current", currentUserSchema, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

export const version = queryOptions({
  queryKey: ["version"],
  queryFn: ({ signal }) => fetchJson("/api/version", versionSchema, signal),
});

export const readiness = queryOptions<Readiness>({
  queryKey: ["readiness"],
  queryFn: ({ signal }) => fetchJson("/api/ready", readinessSchema, signal, 503),
  staleTime: 0,
  refetchInterval: ({ state }) =>
    state.status === "success" && state.data?.ready ? false : NOT_READY_INTERVAL_MS,
});

/** For queries that can fail although the database is ready. */
function whileFailing({ state }: { state: { status: string } }): number | false {
  return state.status === "error" ? FRESH_MS : false;
}

export const prompts = queryOptions({
  queryKey: [...LIBRARY_KEY, "prompts"],
  queryFn: async ({ signal }) =>
    (await fetchJson("/api/settings/prompts", promptsSchema, signal)).prompts,
  refetchInterval: whileFailing,
});

/** Below the key of styles, so that it is loaded again with them. */
export const themes = queryOptions({
  queryKey: [...LIBRARY_KEY, "themes"],
  queryFn: ({ signal }) => fetchThemes(signal),
});

export const styles = queryOptions({
  queryKey: [...LIBRARY_KEY, "styles"],
  queryFn: async ({ signal }) =>
    (await fetchJson("/api/settings/styles", stylesSchema, signal)).styles,
  refetchInterval: whileFailing,
});

export const profiles = queryOptions({
  queryKey: [...LIBRARY_KEY, "profiles"],
  queryFn: async ({ signal }) =>
    (await fetchJson("/api/settings/profiles", profilesSchema, signal)).profiles,
  refetchInterval: whileFailing,
});
