/** Patches on a deck, with as little of it as possible going through the engine. */
import { allBlocks } from "../deck/find";
import type { Deck } from "../deck/model";
import type { Container, Patch } from "../deck/patch";
import { same } from "../deck/same";
import type { Engine } from "./engine";

/**
 * Applies patches. Slides that they don't touch stay the same objects, so they aren't drawn again.
 *
 * A patch within one slide is applied to that slide alone: a keystroke costs the same in a deck of
 * 300 slides. The server applies it to the whole deck.
 */
export function applyTo(
  engine: Engine,
  deck: Deck,
  patches: readonly Patch[],
): { deck: Deck; inverse: Patch[] } {
  const [first, ...others] = patches.map((patch) => slideTouched(deck, patch));
  const only = others.every((slide) => slide === first) ? first : undefined;
  const index = deck.slides.findIndex(({ id }) => id === only);
  const slide = deck.slides[index];
  if (slide) {
    const { deck: part, inverse } = engine.apply({ ...deck, slides: [slide] }, patches);
    return { deck: { ...deck, slides: deck.slides.with(index, part.slides[0] ?? slide) }, inverse };
  }
  const applied = engine.apply(deck, patches);
  const before = new Map(deck.slides.map((one) => [one.id, one]));
  const slides = applied.deck.slides.map((one) => {
    const old = before.get(one.id);
    return old && same(old, one) ? old : one;
  });
  return { deck: { ...applied.deck, slides }, inverse: applied.inverse };
}

/** The one slide within which a patch stays; `undefined` if it goes beyond one. */
function slideTouched(deck: Deck, patch: Patch): string | undefined {
  switch (patch.op) {
    case "set_layout":
    case "set_notes":
    case "set_sources":
      return patch.slide;
    case "replace_slide":
      return patch.slide.id;
    case "set_block":
      return slideOfBlock(deck, patch.block.id);
    case "insert_block":
      return slideOfContainer(deck, patch.into);
    case "remove_block":
    case "set_field":
    case "set_cell":
    case "set_series":
      return slideOfBlock(deck, patch.block);
    case "move_block": {
      const from = slideOfBlock(deck, patch.block);
      return from === slideOfContainer(deck, patch.into) ? from : undefined;
    }
    default:
      return undefined;
  }
}

function slideOfContainer(deck: Deck, container: Container): string | undefined {
  return "slide" in container ? container.slide : slideOfBlock(deck, container.column.block);
}

function slideOfBlock(deck: Deck, id: string): string | undefined {
  return deck.slides.find((slide) => allBlocks(slide).some((block) => block.id === id))?.id;
}
