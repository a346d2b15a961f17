/**
 * Server state as queries: one function a resource, with how fresh it has to be.
 *
 * While everything is well nothing is asked periodically, so that the database of an app that nobody uses can
 * sleep although its page is open. A page that is looked at again asks again, and so does one on which
 * something is wrong, until it is over.
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

/** Somebody who looks at an outage wants to see its end soon. */
const NOT_READY_INTERVAL_MS = 2_000;
/** How long an answer is good enough for a page that is looked at again. */
const FRESH_MS = 15_000;

export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (_error, { queryKey }) => {
        // Whether it is the database is what readiness tells, and it watches for the end.
        if (queryKey[0] === LIBRARY_KEY[0]) {
          void client.invalidateQueries({ queryKey: readiness.queryKey });
        }
      },
    }),
    defaultOptions: {
      // What failed is asked again on recovery; retries would only delay the message.
      queries: { retry: false, staleTime: FRESH_MS },
    },
  });
  return client;
}

/** All that is read from the database has this first in its key, so that recovery can refresh it. */
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

/** For what can fail although the database is ready. */
function whileFailing({ state }: { state: { status: string } }): number | false {
  return state.status === "error" ? FRESH_MS : false;
}

export const prompts = queryOptions({
  queryKey: [...LIBRARY_KEY, "prompts"],
  queryFn: async ({ signal }) => (await fetchJson("/api/prompts", promptsSchema, signal)).prompts,
  refetchInterval: whileFailing,
});

export const styles = queryOptions({
  queryKey: [...LIBRARY_KEY, "styles"],
  queryFn: async ({ signal }) => (await fetchJson("/api/styles", stylesSchema, signal)).styles,
  refetchInterval: whileFailing,
});

export const profiles = queryOptions({
  queryKey: [...LIBRARY_KEY, "profiles"],
  queryFn: async ({ signal }) =>
    (await fetchJson("/api/profiles", profilesSchema, signal)).profiles,
  refetchInterval: whileFailing,
});
