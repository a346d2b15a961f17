/**
 * A text field over the part of the slide that is being edited. It stands inside the slide's SVG,
 * so it scales with it, and takes its font from there; nothing needs an inline style.
 */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { BLOCK_NAMES } from "../../deck/blocks";
import { blockOf } from "../../deck/find";
import type { Block, Slide } from "../../deck/model";
import type { DisplayList, Part, Place, Rect, TextShape } from "../../slides/display";
import { stackOf } from "../../slides/families";
import { cellBounds, frameOf, textAt } from "../../slides/place";
import { useEditor } from "../Editor";
import { nextPart, textOf, write } from "../parts";
import styles from "./PartField.module.css";
import { useListKeys } from "./useListKeys";

interface PartFieldProps {
  place: Place;
  part: Part;
  list: DisplayList;
  slide: Slide;
}

export function PartField({ place, part, list, slide }: PartFieldProps) {
  const editor = useEditor();
  const field = useRef<HTMLTextAreaElement>(null);
  const block = blockOf(slide, place.block);
  const text = block ? textOf(block, part) : null;
  // A number that isn't one yet, as "-", isn't in the deck.
  const [draft, setDraft] = useState<string | null>(null);

  useEffect(() => {
    const area = field.current;
    if (!area) return;
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
  }, []);
  // After that effect: it may put the caret elsewhere.
  const listKeys = useListKeys(field, place, part);
  const { session } = editor;
  useEffect(() => () => session.settle(), [session]);

  if (!block || text === null) return null;
  const look = lookOf(list, place, part);
  const leave = (next: Part | undefined) => {
    const editing = next ? { block: place.block, part: next } : null;
    editor.select({ ...editor.selection, editing });
  };
  const input = (value: string) => {
    setDraft(part.kind === "value" || part.kind === "cell" ? value : null);
    const patches = write(block, part, value);
    if (patches.length > 0) editor.change("Edit text", patches, JSON.stringify(place));
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (!listKeys(event, block)) {
      const next = afterKey(event, block, part);
      if (next === null) return;
      leave(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <g
      fontFamily={stackOf(look.family)}
      fontSize={look.size}
      fontWeight={look.isBold ? 700 : 400}
      color={look.color}
      data-block={place.block}
    >
      <rect
        className={styles.ground}
        x={look.bounds.x - 4}
        y={look.bounds.y - 2}
        width={look.bounds.width + 8}
        height={look.bounds.height + 4}
        fill={look.ground}
      />
      <foreignObject className={styles.room} {...look.bounds}>
        <textarea
          ref={field}
          className={styles.field}
          data-pitch={look.lineHeight < 1 ? "tight" : "regular"}
          data-align={look.align}
          aria-label={labelOf(block, part)}
          spellCheck
          value={draft ?? text}
          onChange={({ target }) => input(target.value)}
          onKeyDown={press}
          onBlur={(event) => {
            // Not when the field only moves on to the next part.
            if (
              event.relatedTarget instanceof Element &&
              !event.relatedTarget.closest("[data-block]")
            ) {
              leave(undefined);
            }
          }}
        />
      </foreignObject>
    </g>
  );
}

/** Which part a key leads to; `undefined`: the field is left; `null`: the key belongs to the text. */
function afterKey(
  { key, shiftKey }: KeyboardEvent,
  block: Block,
  part: Part,
): Part | undefined | null {
  const isLine = part.kind !== "text" || block.type === "title" || block.type === "subtitle";
  if (key === "Escape") return undefined;
  if (key === "Tab") return nextPart(block, part, shiftKey ? -1 : 1);
  return key === "Enter" && isLine && !shiftKey ? below(block, part) : null;
}

/** What Enter leads to: the cell below; otherwise nothing, and the field is left. */
function below(block: Block, part: Part): Part | undefined {
  if (block.type !== "table") return undefined;
  const row = part.kind === "cell" ? part.row + 1 : 0;
  if (!("column" in part) || row >= block.rows.length) return undefined;
  return { kind: "cell", row, column: part.column };
}

function lookOf(list: DisplayList, place: Place, part: Part) {
  const frame = frameOf(list, place.block);
  const text = textAt(list, place);
  const run = text?.lines[0]?.runs[0];
  const cell =
    frame && part.kind === "cell"
      ? cellBounds(frame, part.row, part.column)
      : frame && part.kind === "heading"
        ? cellBounds(frame, -1, part.column)
        : undefined;
  const size = text?.size ?? (frame?.detail?.kind === "table" ? frame.detail.size : 20);
  const room = written(text) ?? cell ?? frame?.bounds ?? { x: 64, y: 64, width: 1152, height: 64 };
  const bounds: Rect = { ...room, height: Math.max(room.height, size * 1.4) };
  const sample = run ?? firstRun(list);
  return {
    bounds,
    size,
    lineHeight: text?.line_height ?? 1.1,
    align: text?.align ?? "left",
    family: sample?.font.family ?? ("carlito" as const),
    isBold: run?.font.is_bold ?? false,
    color: sample?.color ?? "#000000",
    ground: groundOf(list, place, bounds),
  };
}

/** The room of the lines that are there, not all that the text could have: others may stand below. */
function written(text: TextShape | undefined): Rect | undefined {
  if (!text) return undefined;
  const height = text.lines.length * text.size * 1.2 * text.line_height;
  const top = (text.lines[0]?.baseline ?? text.bounds.y + text.size) - text.size;
  return { ...text.bounds, y: Math.max(text.bounds.y, top), height };
}

function firstRun(list: DisplayList) {
  const text = list.elements.find(({ type }) => type === "text");
  return text?.type === "text" ? text.lines[0]?.runs[0] : undefined;
}

/** What is behind a text: the last filled rectangle that holds it. */
function groundOf(list: DisplayList, place: Place, bounds: Rect): string {
  const holding = list.elements.findLast(
    (element) =>
      element.type === "rect" &&
      element.fill !== undefined &&
      (element.opacity ?? 1) === 1 &&
      (element.of === undefined || element.of.block === place.block) &&
      element.bounds.x <= bounds.x &&
      element.bounds.y <= bounds.y &&
      element.bounds.x + element.bounds.width >= bounds.x + bounds.width,
  );
  return holding?.type === "rect" && holding.fill ? holding.fill : list.background;
}

function labelOf(block: Block, part: Part): string {
  const name = BLOCK_NAMES[block.type];
  switch (part.kind) {
    case "item":
      return `${name}, item ${part.index + 1}`;
    case "cell":
      return `${name}, row ${part.row + 1}, column ${part.column + 1}`;
    case "heading":
      return `${name}, heading of column ${part.column + 1}`;
    case "step":
      return `${name}, step ${part.index + 1}, ${part.field ?? "title"}`;
    case "text":
      return name;
    default:
      return `${name}, ${part.kind}`;
  }
}
