/** The parts of blocks whose text can be edited in place: reading, writing, going to the next. Pure. */
import type { Block, Cell } from "../deck/model";
import type { Patch } from "../deck/patch";
import type { Part } from "../slides/display";

/** What is written in a part, in markup; `null` if it can't be edited in place. */
export function textOf(block: Block, part: Part): string | null {
  switch (part.kind) {
    case "text":
      return "text" in block ? block.text : null;
    case "item":
      return "items" in block ? (block.items[part.index]?.text ?? null) : null;
    case "heading":
      return block.type === "table" ? (block.columns[part.column]?.title ?? null) : null;
    case "cell": {
      const cell = block.type === "table" ? block.rows[part.row]?.[part.column] : undefined;
      return cell === undefined ? null : String(cell ?? "");
    }
    case "step": {
      const step = block.type === "steps" ? block.steps[part.index] : undefined;
      return step ? (step[part.field ?? "title"] ?? "") : null;
    }
    case "value":
      return block.type === "metric" ? String(block.value) : null;
    case "label":
      return block.type === "metric" ? block.label : null;
    case "by":
      return block.type === "quote" ? (block.by ?? "") : null;
    case "caption":
      return block.type === "image" ? (block.caption ?? "") : null;
    default:
      return null;
  }
}

/** The change that writes a text into a part; nothing if it can't stand there, as letters in a number. */
export function write(block: Block, part: Part, text: string): Patch[] {
  const line = text.replace(/\s*\n\s*/g, " ");
  const set = (field: Extract<Patch, { op: "set_field" }>["field"]): Patch[] => [
    { op: "set_field", block: block.id, field },
  ];
  switch (part.kind) {
    case "text":
      return set({ text: block.type === "title" || block.type === "subtitle" ? line : text });
    case "item":
      return "items" in block
        ? set({ items: block.items.with(part.index, { ...block.items[part.index], text: line }) })
        : [];
    case "heading":
      return block.type === "table"
        ? [{ op: "set_block", block: { ...block, columns: titled(block.columns, part, line) } }]
        : [];
    case "cell": {
      const { row, column } = part;
      return [{ op: "set_cell", block: block.id, row, column, cell: cellOf(text) }];
    }
    case "step": {
      const step = block.type === "steps" ? block.steps[part.index] : undefined;
      if (block.type !== "steps" || !step) return [];
      const field = part.field ?? "title";
      const next = { ...step, [field]: line };
      if (line === "" && field !== "title") delete next[field];
      return set({ steps: block.steps.with(part.index, next) });
    }
    case "value": {
      const value = numberOf(text);
      return value === null ? [] : set({ value });
    }
    case "label":
      return set({ label: line });
    case "by":
      return set({ by: line === "" ? null : line });
    case "caption":
      return set({ caption: line === "" ? null : line });
    default:
      return [];
  }
}

function titled(
  columns: Extract<Block, { type: "table" }>["columns"],
  { column }: Extract<Part, { kind: "heading" }>,
  title: string,
) {
  return columns.with(column, { ...columns[column], title });
}

/** A number as people type it: with a comma or a point, spaces, or a real minus. */
export function numberOf(text: string): number | null {
  const written = text.replace(/[\s\u00a0\u202f]/g, "").replace("−", "-");
  const english = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(written)
    ? written.replaceAll(",", "")
    : written.replace(",", ".");
  if (!/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(english)) return null;
  const number = Number(Number(english).toPrecision(15));
  return Number.isFinite(number) && Math.abs(number) < 1e15 ? number : null;
}

/** What stands in a cell when a text is typed: a number if it is one, nothing if it is empty. */
export function cellOf(text: string): Cell {
  if (text.trim() === "") return null;
  return numberOf(text) ?? text;
}

/** The part that is edited first; `undefined` if the block has no text of its own. */
export function firstPart(block: Block): Part | undefined {
  return partsOf(block)[0];
}

/** The part after (+1) or before (−1) another. */
export function nextPart(block: Block, part: Part, by: -1 | 1): Part | undefined {
  const parts = partsOf(block);
  const index = parts.findIndex((one) => JSON.stringify(one) === JSON.stringify(part));
  return index < 0 ? undefined : parts[index + by];
}

function partsOf(block: Block): Part[] {
  switch (block.type) {
    case "title":
    case "subtitle":
    case "text":
    case "callout":
      return [{ kind: "text" }];
    case "quote":
      return [{ kind: "text" }, { kind: "by" }];
    case "bullets":
    case "numbered":
      return block.items.map((_, index) => ({ kind: "item", index }));
    case "table":
      return [
        ...block.columns.map((_, column): Part => ({ kind: "heading", column })),
        ...block.rows.flatMap((cells, row) =>
          cells.map((_, column): Part => ({ kind: "cell", row, column })),
        ),
      ];
    case "metric":
      return [{ kind: "value" }, { kind: "label" }];
    case "steps":
      return block.steps.flatMap((_, index) =>
        (["when", "title", "text"] as const).map((field): Part => ({ kind: "step", index, field })),
      );
    case "image":
      return [{ kind: "caption" }];
    default:
      return [];
  }
}
