/** What a person does, as patches. Pure. */
import { standingOf } from "../deck/find";
import { copyOfBlock, copyOfSlide } from "../deck/layouts";
import type { Block, Deck, Slide } from "../deck/model";
import type { Patch } from "../deck/patch";

/** Inserts a slide after another one; after none: as the last. */
export function insertSlide(deck: Deck, slide: Slide, after: string | null): Patch[] {
  return [{ op: "insert_slide", slide, after: after ?? deck.slides.at(-1)?.id ?? null }];
}

export function removeSlides(deck: Deck, ids: readonly string[]): Patch[] {
  return inOrder(deck, ids).map(({ id }) => ({ op: "remove_slide", slide: id }));
}

/** Copies slides; the copies follow the last of them, in the same order. */
export function duplicateSlides(deck: Deck, ids: readonly string[]) {
  const originals = inOrder(deck, ids);
  const copies = originals.map(copyOfSlide);
  let after = originals.at(-1)?.id ?? null;
  const patches = copies.map((slide): Patch => {
    const patch: Patch = { op: "insert_slide", slide, after };
    after = slide.id;
    return patch;
  });
  return { patches, copies: copies.map(({ id }) => id) };
}

/** Moves slides together to the place before `index`, as counted before the move. */
export function moveSlides(deck: Deck, ids: readonly string[], index: number): Patch[] {
  const moving = inOrder(deck, ids).map(({ id }) => id);
  let after = deck.slides.slice(0, index).findLast(({ id }) => !moving.includes(id))?.id ?? null;
  const order = deck.slides.map(({ id }) => id);
  const rest = order.filter((id) => !moving.includes(id));
  const start = after === null ? 0 : rest.indexOf(after) + 1;
  if (rest.toSpliced(start, 0, ...moving).join() === order.join()) return [];
  return moving.map((slide) => {
    const patch: Patch = { op: "move_slide", slide, after };
    after = slide;
    return patch;
  });
}

/** Moves slides one place up (−1) or down (+1). */
export function shiftSlides(deck: Deck, ids: readonly string[], by: -1 | 1): Patch[] {
  const places = inOrder(deck, ids).map((slide) => deck.slides.indexOf(slide));
  const first = places[0];
  const last = places.at(-1);
  if (first === undefined || last === undefined) return [];
  if (by < 0) return first === 0 ? [] : moveSlides(deck, ids, first - 1);
  return last === deck.slides.length - 1 ? [] : moveSlides(deck, ids, last + 2);
}

/** Inserts a block after the one that is selected; without one, as the slide's last. */
export function insertBlock(slide: Slide, block: Block, after: string | null): Patch[] {
  const standing = after === null ? undefined : standingOf(slide, after);
  // Columns don't stand inside columns.
  if (standing && !(block.type === "columns" && "column" in standing.into)) {
    return [{ op: "insert_block", block, into: standing.into, after }];
  }
  const last = slide.blocks.at(-1)?.id ?? null;
  return [{ op: "insert_block", block, into: { slide: slide.id }, after: last }];
}

export function duplicateBlock(slide: Slide, block: Block) {
  const copy = copyOfBlock(block);
  return { patches: insertBlock(slide, copy, block.id), copy: copy.id };
}

/** Moves a block one place up (−1) or down (+1) in its list. */
export function shiftBlock(slide: Slide, id: string, by: -1 | 1): Patch[] {
  const standing = standingOf(slide, id);
  if (!standing) return [];
  const { blocks, index, into } = standing;
  const next = index + by;
  if (next < 0 || next >= blocks.length) return [];
  const before = by > 0 ? blocks[next] : blocks[next - 1];
  return [{ op: "move_block", block: id, into, after: before?.id ?? null }];
}

function inOrder(deck: Deck, ids: readonly string[]): Slide[] {
  return deck.slides.filter(({ id }) => ids.includes(id));
}
