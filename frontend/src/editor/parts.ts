/** The parts of blocks whose text can be edited in place: reading, writing, going to the next. Pure. */
import type { Block, Cell } from "../deck/model";
import type { Field, Patch } from "../deck/patch";
import type { Part } from "../slides/display";

type PartOf<K extends Part["kind"]> = Extract<Part, { kind: K }>;

const TEXT_KINDS = [
  "text",
  "item",
  "heading",
  "cell",
  "step",
  "value",
  "label",
  "by",
  "caption",
] as const;
type TextKind = (typeof TEXT_KINDS)[number];

/** What a part says, in markup; `null` if the block has no such part. */
const READ: { [K in TextKind]: (block: Block, part: PartOf<K>) => string | null } = {
  text: (block) => ("text" in block ? block.text : null),
  item: (block, { index }) => ("items" in block ? (block.items[index]?.text ?? null) : null),
  heading: (block, { column }) =>
    block.type === "table" ? (block.columns[column]?.title ?? null) : null,
  cell: (block, { row, column }) => {
    const cell = block.type === "table" ? block.rows[row]?.[column] : undefined;
    return cell === undefined ? null : String(cell ?? "");
  },
  step: (block, { index, field = "title" }) => {
    const step = block.type === "steps" ? block.steps[index] : undefined;
    return step ? (step[field] ?? "") : null;
  },
  value: (block) => (block.type === "metric" ? String(block.value) : null),
  label: (block) => (block.type === "metric" ? block.label : null),
  by: (block) => (block.type === "quote" ? (block.by ?? "") : null),
  caption: (block) => (block.type === "image" ? (block.caption ?? "") : null),
};

/** The change that writes a text into a part; `null` if it can't stand there. */
const WRITE: { [K in TextKind]: (block: Block, part: PartOf<K>, text: string) => Patch | null } = {
  text: (block, _, text) =>
    set(block, { text: block.type === "title" || block.type === "subtitle" ? line(text) : text }),
  item: (block, { index }, text) =>
    "items" in block
      ? set(block, { items: block.items.with(index, { ...block.items[index], text: line(text) }) })
      : null,
  heading: (block, { column }, text) => {
    if (block.type !== "table") return null;
    const columns = block.columns.with(column, { ...block.columns[column], title: line(text) });
    return { op: "set_block", block: { ...block, columns } };
  },
  cell: ({ id }, { row, column }, text) => ({
    op: "set_cell",
    block: id,
    row,
    column,
    cell: cellOf(text),
  }),
  step: (block, { index, field = "title" }, text) => {
    const step = block.type === "steps" ? block.steps[index] : undefined;
    if (block.type !== "steps" || !step) return null;
    const next = { ...step, [field]: line(text) };
    if (field !== "title" && line(text) === "") delete next[field];
    return set(block, { steps: block.steps.with(index, next) });
  },
  value: (block, _, text) => {
    const value = numberOf(text);
    return value === null ? null : set(block, { value });
  },
  label: (block, _, text) => set(block, { label: line(text) }),
  by: (block, _, text) => set(block, { by: line(text) || null }),
  caption: (block, _, text) => set(block, { caption: line(text) || null }),
};

function set({ id }: Block, field: Field): Patch {
  return { op: "set_field", block: id, field };
}

function line(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}

function isText(part: Part): part is PartOf<TextKind> {
  return TEXT_KINDS.some((kind) => kind === part.kind);
}

/** What is written in a part, in markup; `null` if it can't be edited in place. */
export function textOf(block: Block, part: Part): string | null {
  if (!isText(part)) return null;
  const read = READ[part.kind] as (block: Block, part: Part) => string | null;
  return read(block, part);
}

/** The change that writes a text into a part; nothing if it can't stand there, as letters in a number. */
export function write(block: Block, part: Part, text: string): Patch[] {
  if (!isText(part)) return [];
  const make = WRITE[part.kind] as (block: Block, part: Part, text: string) => Patch | null;
  const patch = make(block, part, text);
  return patch ? [patch] : [];
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
