/** The files of the fonts that slides are drawn in (`runtime/slides/fonts`). */
import type { Family } from "../deck/theme";

export interface FontFile {
  family: Family;
  subset: string;
  isBold: boolean;
  isItalic: boolean;
  /** Where it is served. */
  address: string;
}

// All of them: a style that was made of a company's file is drawn in any. A page loads those that it shows.
const ADDRESSES = import.meta.glob<string>("../../../runtime/slides/fonts/*/*.woff2", {
  query: "?url",
  import: "default",
  eager: true,
});

/** As in `carlito-latin-ext-700-italic.woff2`. */
const NAME = /\/([a-z]+)-([a-z-]+)-(400|700)-(normal|italic)\.woff2$/;

export const FONT_FILES: readonly FontFile[] = Object.entries(ADDRESSES).flatMap(
  ([path, address]) => {
    const [, family, subset, weight, style] = NAME.exec(path) ?? [];
    if (!family || !subset) return [];
    const face = { isBold: weight === "700", isItalic: style === "italic" };
    return [{ family: family as Family, subset, ...face, address }];
  },
);

/** The subset that every deck needs. The others are loaded when a text has a character beyond it. */
export const FIRST_SUBSET = "latin";

/** A character that `latin` doesn't have. */
export const BEYOND_LATIN = /[^ -\u00ff\u2000-\u206f\u20ac\u2122\u2212]/;
