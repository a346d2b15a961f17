import { blockOf } from "../../deck/find";
import type { Slide } from "../../deck/model";
import type { DisplayList, Part, Rect } from "../../slides/display";
import { cellBounds, frameOf } from "../../slides/place";
import { firstPart, textOf } from "../parts";

interface Point {
  x: number;
  y: number;
}

/** The part of a block that can be edited at a point; the nearest one, if there is none right there. */
export function partAt(
  list: DisplayList,
  slide: Slide,
  id: string,
  point: Point | null,
): Part | undefined {
  const block = blockOf(slide, id);
  if (!block) return undefined;
  if (!point) return firstPart(block);
  if (block.type === "table") return cellAt(list, id, point);
  const places = list.elements.flatMap(({ of, ...shape }) =>
    shape.type === "text" && of?.block === id && of.part && textOf(block, of.part) !== null
      ? [{ part: of.part, distance: distance(shape.bounds, point) }]
      : [],
  );
  const nearest = places.toSorted((one, other) => one.distance - other.distance)[0];
  return nearest?.part ?? firstPart(block);
}

function cellAt(list: DisplayList, id: string, point: Point): Part | undefined {
  const frame = frameOf(list, id);
  if (frame?.detail?.kind !== "table") return undefined;
  const { columns, rows } = frame.detail;
  for (let row = -1; row < rows.length - 1; row += 1) {
    for (let column = 0; column < columns.length; column += 1) {
      const bounds = cellBounds(frame, row, column);
      if (bounds && distance(bounds, point) === 0) {
        return row < 0 ? { kind: "heading", column } : { kind: "cell", row, column };
      }
    }
  }
  return undefined;
}

function distance({ x, y, width, height }: Rect, point: Point): number {
  const dx = Math.max(x - point.x, 0, point.x - x - width);
  const dy = Math.max(y - point.y, 0, point.y - y - height);
  return dx + dy;
}
