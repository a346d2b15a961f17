/** The types of blocks with their names, and new ones. */
import { newId } from "./ids";
import type { Block, BlockType } from "./model";

export const BLOCK_NAMES: Record<BlockType, string> = {
  title: "Title",
  subtitle: "Subtitle",
  text: "Text",
  bullets: "Bulleted list",
  numbered: "Numbered list",
  table: "Table",
  chart: "Chart",
  image: "Image",
  quote: "Quote",
  metric: "Metric",
  steps: "Steps",
  callout: "Callout",
  columns: "Columns",
  divider: "Divider",
};

/** A new block, with something to be replaced where an empty one couldn't be seen. */
export function blankBlock(type: BlockType): Block {
  const id = newId();
  switch (type) {
    case "title":
      return { type, id, text: "Say the message in one sentence" };
    case "subtitle":
      return { type, id, text: "For whom, and when" };
    case "text":
      return { type, id, text: "Write a short paragraph" };
    case "bullets":
    case "numbered":
      return {
        type,
        id,
        items: [{ text: "First point" }, { text: "Second point" }, { text: "Third point" }],
      };
    case "table":
      return {
        type,
        id,
        columns: [{ title: "" }, { title: "2025" }, { title: "2026" }],
        rows: [
          ["First", null, null],
          ["Second", null, null],
          ["Third", null, null],
        ],
      };
    case "chart":
      return {
        type,
        id,
        kind: "bar",
        categories: ["Q1", "Q2", "Q3", "Q4"],
        series: [{ id: newId(), name: "Series 1", values: [3, 5, 4, 7] }],
      };
    case "image":
      return { type, id, image: "none", alt: "" };
    case "quote":
      return { type, id, text: "What they said, word for word", by: "Who said it" };
    case "metric":
      return { type, id, value: 0, label: "What it measures" };
    case "steps":
      return {
        type,
        id,
        kind: "process",
        steps: [{ title: "First" }, { title: "Then" }, { title: "Last" }],
      };
    case "callout":
      return { type, id, text: "What follows from it", meaning: "neutral" };
    case "columns":
      return {
        type,
        id,
        columns: [
          { width: 6, blocks: [blankBlock("text")] },
          { width: 6, blocks: [blankBlock("text")] },
        ],
      };
    case "divider":
      return { type, id };
  }
}
