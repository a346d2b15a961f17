/**
 * What the page asks of the crate `tellr-slides`, which runs here as WebAssembly: the page applies a
 * change and lays it out with the same code as the server, without asking it.
 */
import type { Deck, Slide } from "../deck/model";
import type { Patch } from "../deck/patch";
import type { Theme } from "../deck/theme";
import type { DisplayList } from "../slides/display";

export interface Engine {
  /** The themes that come with the app, the default first, and those that were added. */
  readonly themes: readonly Theme[];
  /** Adds a theme, or replaces the one with its id. One that decks can't be drawn in is left out. */
  addTheme(theme: Theme): void;
  /**
   * Applies patches in order, all or none. The inverse, applied in its order, gives the deck back.
   *
   * @throws EngineError if the patches don't fit the deck
   */
  apply(deck: Deck, patches: readonly Patch[]): { deck: Deck; inverse: Patch[] };
  /** What is drawn of a slide. `number` counts from 1. A theme of a style that isn't here is loaded, and the slide is
   * drawn in the first one until then. */
  layOut(slide: Slide, theme: string, number: number, language?: string): DisplayList;
  /** Grows when slides have to be laid out again, as after a font was loaded. */
  epoch(): number;
  subscribe(listener: () => void): () => void;
  /** What could be better on a slide. */
  findings(slide: Slide): Finding[];
}

export interface Finding {
  rule: string;
  slide: string;
  block: string | null;
  message: string;
  fix: Patch | null;
}

/** A change that is refused, in words for people. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}
