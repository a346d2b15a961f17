/**
 * What is drawn of a slide: the types of `tellr_slides::display` (`runtime/slides/display.schema.json`).
 * Lengths are pixels of a slide of 1280 × 720.
 */
import type { Family } from "../deck/theme";

export interface DisplayList {
  slide: string;
  width: number;
  height: number;
  background: string;
  frames: Frame[];
  elements: DisplayElement[];
  marks: Mark[];
}

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Frame {
  block: string;
  slot: string;
  bounds: Rect;
  detail?:
    | { kind: "table"; columns: number[]; rows: number[]; size: number }
    | { kind: "chart"; plot: Rect };
}

export type DisplayElement = { of?: Place } & Shape;

export interface Place {
  block: string;
  /** Absent: the block as a whole. */
  part?: Part;
}

export type Part =
  | { kind: "text" | "value" | "label" | "change" | "by" | "caption" | "axis" }
  | { kind: "item"; index: number }
  | { kind: "heading"; column: number }
  | { kind: "cell"; row: number; column: number }
  | { kind: "step"; index: number; field?: "title" | "when" | "text" }
  | { kind: "data"; series: number; index?: number };

export interface Stroke {
  color: string;
  width: number;
  dash?: number[];
}

export type Shape =
  | {
      type: "rect";
      bounds: Rect;
      radius?: number;
      fill?: string;
      stroke?: Stroke;
      opacity?: number;
    }
  | { type: "ellipse"; bounds: Rect; fill?: string; stroke?: Stroke; opacity?: number }
  | { type: "line"; from: [number, number]; to: [number, number]; stroke: Stroke }
  | { type: "path"; path: string; fill?: string; stroke?: Stroke; opacity?: number }
  | {
      type: "image";
      image: string;
      bounds: Rect;
      fit: "contain" | "cover";
      radius?: number;
      alt: string;
    }
  | TextShape;

export interface TextShape {
  type: "text";
  bounds: Rect;
  size: number;
  line_height: number;
  align: "left" | "center" | "right";
  is_cut: boolean;
  lines: TextLine[];
}

export interface TextLine {
  baseline: number;
  x: number;
  width: number;
  ends: "paragraph" | "space" | "break";
  is_rtl?: boolean;
  runs: Run[];
}

export interface Run {
  text: string;
  x: number;
  width: number;
  font: { family: Family; is_bold?: boolean; is_italic?: boolean };
  size: number;
  color: string;
  link?: string;
  is_rtl?: boolean;
  is_foreign?: boolean;
}

/** Something that isn't shown as it was meant, because there is no room for it. */
export type Mark = { of: Place } & (
  | { what: "smaller"; size: number }
  | { what: "cut" }
  | { what: "left"; count: number }
  | { what: "hidden" }
);
