import { useQuery } from "@tanstack/react-query";
import type { Assistant } from "../api/chat";
import { profiles } from "../api/queries";

const STORAGE_KEY = "tellr.endpoint";

export interface ChosenEndpoint {
  /** What answers if none is chosen: the profile's endpoint, else the app's. */
  byDefault: string | null;
  /** What is asked for; empty: the default. */
  endpoint: string;
  /** Whether there is no default, and none is chosen. */
  isMissing: boolean;
}

/**
 * The endpoint that answers. Where neither the profile nor the app names one, each message needs one, so the last
 * choice is remembered, and a single endpoint needs no choice. `profile`: an id; empty: the default profile.
 */
export function useEndpoint(
  given: Assistant | undefined,
  chosen: string,
  profile = "",
): ChosenEndpoint {
  const { data, error } = useQuery(profiles);
  const used = data?.find(({ id, is_default }) => (profile ? id === profile : is_default));
  const byDefault = used?.options?.endpoint ?? given?.endpoint ?? null;
  const isKnown = given !== undefined && (data !== undefined || error !== null);
  if (chosen !== "" || byDefault !== null || !isKnown) {
    return { byDefault, endpoint: chosen, isMissing: false };
  }
  const names = given.endpoints.map(({ name }) => name);
  const [only] = names.length === 1 ? names : [];
  const endpoint = only ?? names.find((name) => name === remembered()) ?? "";
  return { byDefault, endpoint, isMissing: names.length > 0 && endpoint === "" };
}

export function rememberEndpoint(name: string) {
  try {
    if (name !== "") localStorage.setItem(STORAGE_KEY, name);
  } catch {
    // Without storage it is chosen again.
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}
