/** Families of fonts as the page names them. */
import type { Family } from "../deck/theme";

const NAMES: Record<Family, string> = {
  carlito: "Carlito",
  arimo: "Arimo",
  gelasio: "Gelasio",
  caladea: "Caladea",
  tinos: "Tinos",
};

/** The families of the themes that come with the app: loaded at once. The others are, when a deck is drawn in one. */
export const FIRST_FAMILIES: readonly Family[] = ["carlito", "arimo", "gelasio"];

/** What has the same widths, for the moment until the family is loaded. */
const TWINS: Record<Family, string> = {
  carlito: "Calibri, sans-serif",
  arimo: "Arial, Liberation Sans, sans-serif",
  gelasio: "Georgia, serif",
  caladea: "Cambria, serif",
  tinos: "Times New Roman, Liberation Serif, serif",
};

/** Each subset is a family of its own: a character is looked for in one after the other, as in layout. */
const SUBSETS = ["latin", "latin-ext", "greek", "cyrillic"] as const;

export function nameOfFamily(family: Family, subset: string): string {
  return `${NAMES[family]} ${subset}`;
}

const STACKS = Object.fromEntries(
  Object.keys(NAMES).map((name) => {
    const family = name as Family;
    const own = SUBSETS.map((subset) => `"${nameOfFamily(family, subset)}"`).join(", ");
    return [family, `${own}, ${TWINS[family]}`];
  }),
) as Record<Family, string>;

/** A value for `font-family`. */
export function stackOf(family: Family): string {
  return STACKS[family];
}
