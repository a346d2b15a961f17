/**
 * The part of the compiled `tellr-slides` that this page uses (`runtime/slides/page`). It is built after
 * the page's types are checked, so its own declarations don't exist yet.
 */
declare module "@tellr/slides" {
  /** Fetches the module, and compiles it while it is loading. */
  export default function init(): Promise<unknown>;

  export class Slides {
    constructor();
    addFont(
      family: string,
      isBold: boolean,
      isItalic: boolean,
      subset: string,
      woff2: Uint8Array,
    ): void;
    addTheme(theme: string): void;
    themes(): string;
    apply(deck: string, patches: string): string;
    layOut(slide: string, theme: string, number: number, language?: string): string;
    findings(slide: string): string;
  }
}
