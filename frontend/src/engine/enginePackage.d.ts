/** What `@tellr/engine` is: an alias of the build (`vite.config.ts`). */
declare module "@tellr/engine" {
  type Engine = import("./engine").Engine;
  /** `null`: this build has no engine, so it has no decks either. */
  export const loadEngine: (() => Promise<Engine>) | null;
}
