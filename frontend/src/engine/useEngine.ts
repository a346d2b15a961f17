import { loadEngine } from "@tellr/engine";
import { use } from "react";
import type { Engine } from "./engine";

let loading: Promise<Engine> | undefined;

/** The engine; suspends until it is loaded. */
export function useEngine(): Engine {
  return use(engine());
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
