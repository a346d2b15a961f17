/** The layouts with their names, and what a new slide of each has on it. */
import { blankBlock } from "./blocks";
import { newId } from "./ids";
import type { Block, BlockType, Layout, Slide } from "./model";

export const LAYOUT_NAMES: Record<Layout, string> = {
  cover: "Cover",
  section: "Section",
  agenda: "Agenda",
  statement: "Statement",
  title_and_text: "Title and text",
  two_columns: "Two columns",
  chart_and_takeaway: "Chart and takeaway",
  chart: "Chart",
  two_charts: "Two charts",
  metrics: "Metrics",
  table: "Table",
  comparison: "Comparison",
  steps: "Steps",
  quote: "Quote",
  image_half: "Image, half",
  image_full: "Image, full",
  closing: "Closing",
};

const STARTERS: Record<Layout, readonly BlockType[]> = {
  cover: ["title", "subtitle"],
  section: ["title", "subtitle"],
  agenda: ["title", "numbered"],
  statement: ["title"],
  title_and_text: ["title", "bullets"],
  two_columns: ["title", "bullets", "bullets"],
  chart_and_takeaway: ["title", "chart", "callout"],
  chart: ["title", "chart"],
  two_charts: ["title", "chart", "chart"],
  metrics: ["title", "metric", "metric", "metric"],
  table: ["title", "table"],
  comparison: ["title", "bullets", "bullets"],
  steps: ["title", "steps"],
  quote: ["quote"],
  image_half: ["title", "text"],
  image_full: ["title"],
  closing: ["title", "subtitle"],
};

export function newSlide(layout: Layout): Slide {
  return { id: newId(), layout, blocks: STARTERS[layout].map(blankBlock) };
}

/** A copy of a slide with ids of its own. */
export function copyOfSlide(slide: Slide): Slide {
  return { ...structuredClone(slide), id: newId(), blocks: slide.blocks.map(copyOfBlock) };
}

/** A copy of a block with ids of its own. */
export function copyOfBlock(block: Block): Block {
  const copy = { ...structuredClone(block), id: newId() };
  if (copy.type !== "columns") return copy;
  const columns = copy.columns.map((column) => ({
    ...column,
    blocks: column.blocks.map(copyOfBlock),
  }));
  return { ...copy, columns };
}
