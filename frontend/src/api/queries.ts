/** Server state as queries: one function a resource, with how fresh it has to be. */
import { QueryClient, queryOptions } from "@tanstack/react-query";
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

const READY_INTERVAL_MS = 5_000;
/** Somebody who looks at an outage wants to see its end soon. */
const NOT_READY_INTERVAL_MS = 2_000;
const LIBRARY_INTERVAL_MS = 15_000;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // Everything here is polled or asked again on recovery; retries would only delay the message.
      queries: { retry: false, staleTime: LIBRARY_INTERVAL_MS },
    },
  });
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
  refetchInterval: ({ state }) =>
    state.status === "success" && state.data?.ready ? READY_INTERVAL_MS : NOT_READY_INTERVAL_MS,
});

export const prompts = queryOptions({
  queryKey: [...LIBRARY_KEY, "prompts"],
  queryFn: async ({ signal }) => (await fetchJson("/api/prompts", promptsSchema, signal)).prompts,
  refetchInterval: LIBRARY_INTERVAL_MS,
});

export const styles = queryOptions({
  queryKey: [...LIBRARY_KEY, "styles"],
  queryFn: async ({ signal }) => (await fetchJson("/api/styles", stylesSchema, signal)).styles,
  refetchInterval: LIBRARY_INTERVAL_MS,
});

export const profiles = queryOptions({
  queryKey: [...LIBRARY_KEY, "profiles"],
  queryFn: async ({ signal }) =>
    (await fetchJson("/api/profiles", profilesSchema, signal)).profiles,
  refetchInterval: LIBRARY_INTERVAL_MS,
});
