import { useSyncExternalStore } from "react";
import { Exports } from "./Exports";
import type { Export } from "./exportState";

let made: Exports | undefined;

/** The exports of this tab. */
export function exports(): Exports {
  made ??= new Exports();
  return made;
}

/** What of the exports concerns one deck. */
export function useExports(session: string): readonly Export[] {
  const store = exports();
  const all = useSyncExternalStore(store.subscribe, store.get);
  return all.filter((one) => one.session === session);
}
