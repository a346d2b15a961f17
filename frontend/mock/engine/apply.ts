/** Patches applied in TypeScript, for `--mode mock` and tests. The app uses `tellr_slides::patch`. */
import type { Block, Deck } from "../../src/deck/model";
import type { Container, Field, Patch } from "../../src/deck/patch";
import { EngineError } from "../../src/engine/engine.ts";

export function applyAll(deck: Deck, patches: readonly Patch[]) {
  const copy = structuredClone(deck);
  const inverse: Patch[] = [];
  for (const patch of patches) inverse.unshift(change(copy, structuredClone(patch)));
  return { deck: copy, inverse };
}

function change(deck: Deck, patch: Patch): Patch {
  switch (patch.op) {
    case "insert_slide":
      insertAfter(deck.slides, patch.slide, patch.after, "slide");
      return { op: "remove_slide", slide: patch.slide.id };
    case "remove_slide": {
      const { taken, after } = take(deck.slides, patch.slide, "slide");
      return { op: "insert_slide", slide: taken, after };
    }
    case "move_slide": {
      const { taken, after } = take(deck.slides, patch.slide, "slide");
      insertAfter(deck.slides, taken, patch.after, "slide");
      return { ...patch, after };
    }
    case "replace_slide": {
      const index = placeOf(deck.slides, patch.slide.id, "slide");
      const [slide] = deck.slides.splice(index, 1, patch.slide);
      return { ...patch, slide: found(slide, "slide", patch.slide.id) };
    }
    case "set_layout": {
      const slide = slideOf(deck, patch.slide);
      const inverse: Patch = { ...patch, layout: slide.layout };
      slide.layout = patch.layout;
      return inverse;
    }
    case "set_notes": {
      const slide = slideOf(deck, patch.slide);
      const inverse: Patch = { ...patch, notes: slide.notes ?? "" };
      slide.notes = patch.notes;
      return inverse;
    }
    case "set_sources": {
      const slide = slideOf(deck, patch.slide);
      const inverse: Patch = { ...patch, sources: slide.sources ?? [] };
      slide.sources = patch.sources;
      return inverse;
    }
    case "set_theme": {
      const inverse: Patch = { op: "set_theme", theme: deck.theme };
      deck.theme = patch.theme;
      return inverse;
    }
    case "set_title": {
      const inverse: Patch = { op: "set_title", title: deck.title };
      deck.title = patch.title;
      return inverse;
    }
    case "set_language": {
      const inverse: Patch = { op: "set_language", language: deck.language ?? null };
      if (patch.language === null) delete deck.language;
      else deck.language = patch.language;
      return inverse;
    }
    default:
      return changeBlock(deck, patch);
  }
}

type BlockPatch = Extract<
  Patch,
  {
    op:
      | "set_block"
      | "insert_block"
      | "remove_block"
      | "move_block"
      | "set_field"
      | "set_cell"
      | "set_series";
  }
>;

function changeBlock(deck: Deck, patch: BlockPatch): Patch {
  switch (patch.op) {
    case "set_block": {
      const { blocks, index } = standing(deck, patch.block.id);
      const [block] = blocks.splice(index, 1, patch.block);
      return { ...patch, block: found(block, "block", patch.block.id) };
    }
    case "insert_block":
      insertAfter(containerOf(deck, patch.into), patch.block, patch.after, "block");
      return { op: "remove_block", block: patch.block.id };
    case "remove_block": {
      const { blocks, into } = standing(deck, patch.block);
      const { taken, after } = take(blocks, patch.block, "block");
      return { op: "insert_block", block: taken, into, after };
    }
    case "move_block": {
      const { blocks, into } = standing(deck, patch.block);
      const { taken, after } = take(blocks, patch.block, "block");
      insertAfter(containerOf(deck, patch.into), taken, patch.after, "block");
      return { op: "move_block", block: patch.block, into, after };
    }
    case "set_field": {
      const { blocks, index } = standing(deck, patch.block);
      const block = found(blocks[index], "block", patch.block);
      return { ...patch, field: setField(block, patch.field) };
    }
    case "set_cell": {
      const { blocks, index } = standing(deck, patch.block);
      const block = blocks[index];
      const row = block?.type === "table" ? block.rows[patch.row] : undefined;
      if (row?.[patch.column] === undefined) throw new EngineError("The table has no such cell.");
      const cell = row[patch.column] ?? null;
      row[patch.column] = patch.cell;
      return { ...patch, cell };
    }
    case "set_series": {
      const { blocks, index } = standing(deck, patch.block);
      const block = blocks[index];
      if (block?.type !== "chart") throw new EngineError("Only a chart has series.");
      const at = placeOf(block.series, patch.series.id, "series");
      const [series] = block.series.splice(at, 1, patch.series);
      return { ...patch, series: found(series, "series", patch.series.id) };
    }
  }
}

const NAMES: Record<string, string> = { chart_kind: "kind", steps_kind: "kind" };

function setField(block: Block, field: Field): Field {
  const [entry] = Object.entries(field);
  if (!entry) throw new EngineError("A field has a name.");
  const [name, value] = entry;
  const key = NAMES[name] ?? name;
  const fields = block as unknown as Record<string, unknown>;
  const before = fields[key] ?? null;
  if (value === null) delete fields[key];
  else fields[key] = value;
  return { [name]: before } as unknown as Field;
}

function slideOf(deck: Deck, id: string) {
  return found(
    deck.slides.find((slide) => slide.id === id),
    "slide",
    id,
  );
}

function containerOf(deck: Deck, container: Container): Block[] {
  if ("slide" in container) return slideOf(deck, container.slide).blocks;
  const { block: id, index } = container.column;
  const { blocks, index: at } = standing(deck, id);
  const block = blocks[at];
  const column = block?.type === "columns" ? block.columns[index] : undefined;
  return found(column, "column", String(index)).blocks;
}

function standing(deck: Deck, id: string): { blocks: Block[]; index: number; into: Container } {
  const lists = deck.slides.flatMap((slide) => [
    { blocks: slide.blocks, into: { slide: slide.id } as Container },
    ...slide.blocks.flatMap((block) =>
      block.type === "columns"
        ? block.columns.map(({ blocks }, index) => ({
            blocks,
            into: { column: { block: block.id, index } } as Container,
          }))
        : [],
    ),
  ]);
  const list = found(
    lists.find(({ blocks }) => blocks.some((block) => block.id === id)),
    "block",
    id,
  );
  return { ...list, index: placeOf(list.blocks, id, "block") };
}

function take<T extends { id: string }>(list: T[], id: string, what: string) {
  const index = placeOf(list, id, what);
  const after = list[index - 1]?.id ?? null;
  const [taken] = list.splice(index, 1);
  return { taken: found(taken, what, id), after };
}

function insertAfter<T extends { id: string }>(
  list: T[],
  item: T,
  after: string | null,
  what: string,
) {
  list.splice(after === null ? 0 : placeOf(list, after, what) + 1, 0, item);
}

function placeOf(list: readonly { id: string }[], id: string, what: string): number {
  const index = list.findIndex((one) => one.id === id);
  if (index < 0)
    throw new EngineError(`The deck has no ${what} \`${id}\`; it may have been removed.`);
  return index;
}

function found<T>(value: T | undefined, what: string, id: string): T {
  if (value === undefined) {
    throw new EngineError(`The deck has no ${what} \`${id}\`; it may have been removed.`);
  }
  return value;
}
