/** Places in a deck: a block, or a part of one. */
import type { DisplayList, Frame, Part, Place, Rect } from "./display";

export function samePlace(one: Place, other: Place): boolean {
  return one.block === other.block && samePart(one.part, other.part);
}

function samePart(one: Part | undefined, other: Part | undefined): boolean {
  if (!one || !other) return one === other;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof Part>;
  return [...keys].every((key) => one[key] === other[key]);
}

export function frameOf(list: DisplayList, block: string): Frame | undefined {
  return list.frames.find((frame) => frame.block === block);
}

/** The text that is drawn for a place; `undefined` if there is none, as in an empty field. */
export function textAt(list: DisplayList, place: Place) {
  const found = list.elements.find(({ of, type }) => type === "text" && of && samePlace(of, place));
  return found?.type === "text" ? found : undefined;
}

/** A table's cell, also when nothing is written in it. Row −1 has the headings. */
export function cellBounds(frame: Frame, row: number, column: number): Rect | undefined {
  if (frame.detail?.kind !== "table") return undefined;
  const { columns, rows } = frame.detail;
  const sum = (sizes: number[], count: number) =>
    sizes.slice(0, count).reduce((total, size) => total + size, 0);
  const width = columns[column];
  const height = rows[row + 1];
  if (width === undefined || height === undefined) return undefined;
  return {
    x: frame.bounds.x + sum(columns, column),
    y: frame.bounds.y + sum(rows, row + 1),
    width,
    height,
  };
}
