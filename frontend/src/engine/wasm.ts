/** The engine of the app: `tellr-slides` as WebAssembly. */
import init, { Slides } from "@tellr/slides";
import type { Deck, Slide } from "../deck/model";
import type { Patch } from "../deck/patch";
import type { Family, Theme } from "../deck/theme";
import type { DisplayList } from "../slides/display";
import { type Engine, EngineError, type Finding } from "./engine";
import { BEYOND_LATIN, FIRST_SUBSET, type FontFile } from "./fontFiles";
import { isAsked, loadFonts } from "./fonts";

export async function loadEngine(): Promise<Engine> {
  const files: [FontFile, Uint8Array][] = [];
  const first = loadFonts(
    ({ subset }) => subset === FIRST_SUBSET,
    (...file) => files.push(file),
  );
  await Promise.all([init(), first]);
  const engine = new WasmEngine(new Slides());
  for (const file of files) engine.add(...file);
  return engine;
}

class WasmEngine implements Engine {
  readonly themes: readonly Theme[];
  private readonly listeners = new Set<() => void>();
  private fonts = 0;

  constructor(private readonly slides: Slides) {
    this.themes = JSON.parse(slides.themes());
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly epoch = () => this.fonts;

  add({ family, isBold, isItalic, subset }: FontFile, woff2: Uint8Array) {
    this.slides.addFont(family, isBold, isItalic, subset, woff2);
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
    if (BEYOND_LATIN.test(json)) this.loadMore(theme);
    return JSON.parse(this.slides.layOut(json, theme, number, language));
  }

  findings(slide: Slide): Finding[] {
    return JSON.parse(this.slides.findings(JSON.stringify(slide)));
  }

  /** Loads what a theme's families have beyond the first subset; slides are laid out again then. */
  private loadMore(id: string) {
    const theme = this.themes.find((one) => one.id === id) ?? this.themes[0];
    const families: Family[] = theme ? [theme.fonts.heading, theme.fonts.body] : [];
    const missing = families.filter((family) => !isAsked(family, "latin-ext"));
    if (missing.length === 0) return;
    loadFonts(
      ({ family }) => missing.includes(family),
      (file, woff2) => this.add(file, woff2),
    )
      .then(() => {
        this.fonts += 1;
        for (const listener of this.listeners) listener();
      })
      // The text stays in the system's font, at an estimated width; the next slide tries again.
      .catch(() => undefined);
  }
}
