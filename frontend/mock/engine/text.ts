/** Text in lines, by estimated widths: enough to look at, not to measure by. */
import { plain } from "../../src/deck/find.ts";
import type { Family } from "../../src/deck/theme";
import type { Rect, TextShape } from "../../src/slides/display";

export interface Look {
  size: number;
  color: string;
  family: Family;
  bold?: boolean;
  italic?: boolean;
  align?: TextShape["align"];
  lineHeight?: number;
}

const NARROW = /[iljt.,:;'|!()[\] ]/;
const WIDE = /[mwMW@%—]/;

export function widthOf(text: string, look: Look): number {
  let width = 0;
  for (const character of text) {
    const part = NARROW.test(character) ? 0.26 : WIDE.test(character) ? 0.8 : 0.5;
    width += part + (/[A-Z]/.test(character) ? 0.1 : 0);
  }
  return width * look.size * (look.bold ? 1.03 : 0.98);
}

export function textShape(markup: string, bounds: Rect, look: Look): TextShape {
  const lineHeight = look.lineHeight ?? 1;
  const pitch = look.size * 1.2 * lineHeight;
  const most = Math.max(1, Math.floor(bounds.height / pitch));
  const all = markup.split("\n").flatMap((paragraph) => wrap(plain(paragraph), bounds.width, look));
  const shown = all.slice(0, most);
  const isCut = all.length > most;
  if (isCut) shown[most - 1] = `${shown[most - 1]?.replace(/\W+$/, "")}…`;
  return {
    type: "text",
    bounds,
    size: look.size,
    line_height: lineHeight,
    align: look.align ?? "left",
    is_cut: isCut,
    lines: shown.map((text, index) => {
      const width = widthOf(text, look);
      const room = bounds.width - width;
      const x = bounds.x + (look.align === "right" ? room : look.align === "center" ? room / 2 : 0);
      const font = {
        family: look.family,
        ...(look.bold && { is_bold: true }),
        ...(look.italic && { is_italic: true }),
      };
      return {
        baseline: bounds.y + pitch * index + look.size,
        x,
        width,
        ends: "space" as const,
        runs: [{ text, x, width, font, size: look.size, color: look.color }],
      };
    }),
  };
}

export function heightOf(markup: string, width: number, look: Look): number {
  const lines = markup.split("\n").flatMap((one) => wrap(plain(one), width, look)).length;
  return Math.max(1, lines) * look.size * 1.2 * (look.lineHeight ?? 1);
}

function wrap(text: string, width: number, look: Look): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(`${last} ${word}`, look) <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
