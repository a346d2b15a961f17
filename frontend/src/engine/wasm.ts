/** The engine of the app: `tellr-slides` as WebAssembly. */
import init, { Slides } from "@tellr/slides";
import type { Deck, Slide } from "../deck/model";
import type { Patch } from "../deck/patch";
import { same } from "../deck/same";
import type { Family, Theme } from "../deck/theme";
import type { DisplayList } from "../slides/display";
import { FIRST_FAMILIES } from "../slides/families";
import { type Engine, EngineError, type Finding } from "./engine";
import { BEYOND_LATIN, FIRST_SUBSET, type FontFile } from "./fontFiles";
import { isAsked, loadFonts } from "./fonts";
import { MissingThemes } from "./missingThemes";

export async function loadEngine(): Promise<Engine> {
  const files: [FontFile, Uint8Array][] = [];
  const first = loadFonts(
    ({ family, subset }) => subset === FIRST_SUBSET && FIRST_FAMILIES.includes(family),
    (...file) => files.push(file),
  );
  await Promise.all([init(), first]);
  const engine = new WasmEngine(new Slides());
  for (const file of files) engine.add(...file);
  return engine;
}

class WasmEngine implements Engine {
  themes: readonly Theme[];
  private readonly missing = new MissingThemes((theme) => this.addTheme(theme));
  private readonly listeners = new Set<() => void>();
  private changes = 0;

  constructor(private readonly slides: Slides) {
    this.themes = JSON.parse(slides.themes());
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly epoch = () => this.changes;

  add({ family, isBold, isItalic, subset }: FontFile, woff2: Uint8Array) {
    this.slides.addFont(family, isBold, isItalic, subset, woff2);
  }

  addTheme(theme: Theme) {
    const known = this.themes.find(({ id }) => id === theme.id);
    if (known && same(known, theme)) return;
    try {
      this.slides.addTheme(JSON.stringify(theme));
    } catch {
      // It was made by another version of the app; decks are drawn in the first theme.
      return;
    }
    this.themes = JSON.parse(this.slides.themes());
    this.changed();
  }

  private changed() {
    this.changes += 1;
    for (const listener of this.listeners) listener();
  }

  apply(deck: Deck, patches: readonly Patch[]): { deck: Deck; inverse: Patch[] } {
    try {
      return JSON.parse(this.slides.apply(JSON.stringify(deck), JSON.stringify(patches)));
    } catch (error) {
      throw new EngineError(error instanceof Error ? error.message : String(error));
    }
  }

  layOut(slide: Slide, theme: string, number: number, language?: string): DisplayList {
    const json = JSON.stringify(slide);
    this.load(theme, BEYOND_LATIN.test(json));
    return JSON.parse(this.slides.layOut(json, theme, number, language));
  }

  findings(slide: Slide): Finding[] {
    return JSON.parse(this.slides.findings(JSON.stringify(slide)));
  }

  /** Loads the theme and the fonts that a slide needs and that aren't here; slides are laid out again then. */
  private load(id: string, isBeyondLatin: boolean) {
    const known = this.themes.find((one) => one.id === id);
    if (!known) this.missing.want(id);
    const theme = known ?? this.themes[0];
    const families: Family[] = theme ? [theme.fonts.heading, theme.fonts.body] : [];
    const last = isBeyondLatin ? "latin-ext" : FIRST_SUBSET;
    const missing = families.filter((family) => !isAsked(family, last));
    if (missing.length === 0) return;
    loadFonts(
      ({ family, subset }) =>
        missing.includes(family) && (isBeyondLatin || subset === FIRST_SUBSET),
      (file, woff2) => this.add(file, woff2),
    )
      .then(() => this.changed())
      // The text stays in the system's font, at an estimated width; the next slide tries again.
      .catch(() => undefined);
  }
}
