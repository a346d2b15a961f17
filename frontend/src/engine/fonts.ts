/** Loads fonts once, for the page to draw text in and for the engine to measure it in. */
import type { Family } from "../deck/theme";
import { nameOfFamily } from "../slides/families";
import { FONT_FILES, type FontFile } from "./fontFiles";

export type Take = (file: FontFile, woff2: Uint8Array) => void;

const asked = new Map<FontFile, Promise<void>>();

/** Loads the files of these families and subsets that aren't loaded yet. */
export async function loadFonts(isWanted: (file: FontFile) => boolean, take: Take): Promise<void> {
  const wanted = FONT_FILES.filter(isWanted);
  await Promise.all(
    wanted.map((file) => {
      const loading = asked.get(file) ?? load(file, take);
      asked.set(file, loading);
      // A failed load is tried again by the next caller.
      return loading.catch((error: unknown) => {
        asked.delete(file);
        throw error;
      });
    }),
  );
}

export function isAsked(family: Family, subset: string): boolean {
  return [...asked.keys()].some((file) => file.family === family && file.subset === subset);
}

async function load(file: FontFile, take: Take): Promise<void> {
  const response = await fetch(file.address);
  if (!response.ok)
    throw new Error(`The font ${file.address} can’t be loaded (${response.status}).`);
  const bytes = await response.arrayBuffer();
  const face = new FontFace(nameOfFamily(file.family, file.subset), bytes, {
    weight: file.isBold ? "700" : "400",
    style: file.isItalic ? "italic" : "normal",
  });
  document.fonts.add(await face.load());
  take(file, new Uint8Array(bytes));
}
