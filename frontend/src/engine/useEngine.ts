import { loadEngine } from "@tellr/engine";
import { use, useSyncExternalStore } from "react";
import type { Engine } from "./engine";

let loading: Promise<Engine> | undefined;

/** The engine; suspends until it is loaded. What uses it is rendered again when layouts change. */
export function useEngine(): Engine {
  const loaded = use(engine());
  useSyncExternalStore(loaded.subscribe, loaded.epoch);
  return loaded;
}

/** Loads the engine once; a failed load is tried again by the next caller. */
export function engine(): Promise<Engine> {
  if (!loadEngine) return Promise.reject(new Error("This build can't show decks."));
  loading ??= loadEngine().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** Whether this build has decks. */
export const hasDecks = loadEngine !== null;
