/**
 * A plain layout for `--mode mock` and tests: blocks from top to bottom. The app uses the layout of
 * `tellr-slides`.
 */
import type { Block, Chart, Heading, Layout, Slide, Table } from "../../src/deck/model";
import type { Theme } from "../../src/deck/theme";
import type { DisplayElement, DisplayList, Frame, Part, Rect } from "../../src/slides/display";
import { heightOf, type Look, textShape } from "./text.ts";

interface Sheet {
  theme: Theme;
  ink: { background: string; text: string; muted: string };
  frames: Frame[];
  elements: DisplayElement[];
}

const GAP = 24;

const PANELS: Partial<Record<Layout, "cover" | "section">> = {
  cover: "cover",
  section: "section",
  closing: "cover",
};

export function layOut(slide: Slide, theme: Theme, number: number): DisplayList {
  const panel = PANELS[slide.layout];
  const ink = panel ? theme[panel] : theme.colors;
  const sheet: Sheet = { theme, ink, frames: [], elements: [] };
  const isLarge = panel !== undefined || slide.layout === "statement";
  const heads = slide.blocks.filter(
    (block): block is Heading => block.type === "title" || block.type === "subtitle",
  );
  const cards = slide.blocks.filter(({ type }) => type === "metric");
  const body = slide.blocks.filter(
    ({ type }) => type !== "title" && type !== "subtitle" && type !== "metric",
  );
  let y = headings(sheet, heads, isLarge);
  cards.forEach((block, index) => {
    const width = (1152 - GAP * (cards.length - 1)) / cards.length;
    place(sheet, block, { x: 64 + index * (width + GAP), y, width, height: 200 });
  });
  if (cards.length > 0) y += 200 + GAP;
  const room = { x: 64, y, width: 1152, height: 648 - y };
  const isBeside = /two_|comparison|chart_and|image_half/.test(slide.layout);
  if (isBeside) sideBySide(sheet, body, room, slide.layout === "chart_and_takeaway" ? 0.66 : 0.5);
  else stack(sheet, body, room);
  if (!isLarge) footer(sheet, slide, number);
  const { frames, elements } = sheet;
  const { background } = ink;
  return { slide: slide.id, width: 1280, height: 720, background, frames, elements, marks: [] };
}

function headings(sheet: Sheet, blocks: Heading[], isLarge: boolean): number {
  const { ink, theme } = sheet;
  const sizes = isLarge ? { title: 56, subtitle: 28 } : { title: 32, subtitle: 20 };
  let y = isLarge ? 248 : 48;
  for (const { type, id, text } of blocks) {
    const look: Look =
      type === "title"
        ? {
            size: sizes.title,
            color: ink.text,
            family: theme.fonts.heading,
            bold: true,
            lineHeight: 0.95,
          }
        : { size: sizes.subtitle, color: ink.muted, family: theme.fonts.body, lineHeight: 1.1 };
    const height = heightOf(text, 1152, look);
    y = write(sheet, id, { x: 64, y, width: 1152, height }, text, look, "title") + 16;
  }
  return Math.max(y + 8, 152);
}

function footer(sheet: Sheet, slide: Slide, number: number) {
  const look: Look = { size: 12, color: sheet.ink.muted, family: sheet.theme.fonts.body };
  const source = slide.sources?.map(({ label }) => label).join("; ");
  if (source) {
    sheet.elements.push(textShape(source, { x: 64, y: 676, width: 900, height: 16 }, look));
  }
  const page = textShape(
    String(number),
    { x: 1116, y: 676, width: 100, height: 16 },
    {
      ...look,
      align: "right",
    },
  );
  sheet.elements.push(page);
}

function sideBySide(sheet: Sheet, blocks: Block[], room: Rect, first: number) {
  const half = Math.ceil(blocks.length / 2);
  const width = (room.width - 40) * first;
  stack(sheet, blocks.slice(0, half), { ...room, width });
  stack(sheet, blocks.slice(half), {
    ...room,
    x: room.x + width + 40,
    width: room.width - width - 40,
  });
}

function stack(sheet: Sheet, blocks: Block[], room: Rect) {
  const each = (room.height - GAP * (blocks.length - 1)) / Math.max(1, blocks.length);
  let y = room.y;
  for (const block of blocks) {
    const left = room.y + room.height - y;
    y = place(sheet, block, { ...room, y, height: Math.max(0, Math.min(left, each)) }) + GAP;
  }
}

/** Draws a block into a room, and says where it ends. */
function place(sheet: Sheet, block: Block, room: Rect): number {
  const { theme, ink } = sheet;
  const body: Look = { size: 20, color: ink.text, family: theme.fonts.body, lineHeight: 1.1 };
  switch (block.type) {
    case "title":
    case "subtitle":
    case "text": {
      const height = Math.min(room.height, heightOf(block.text, room.width, body));
      return write(sheet, block.id, { ...room, height }, block.text, body);
    }
    case "bullets":
    case "numbered":
      return list(sheet, block, room, body);
    case "quote": {
      const look: Look = { ...body, size: 32, italic: true, family: theme.fonts.heading };
      const height = heightOf(block.text, room.width, look);
      const end = write(sheet, block.id, { ...room, height }, block.text, look);
      if (block.by) {
        part(sheet, block.id, { kind: "by" }, { ...room, y: end + 16, height: 24 }, block.by, {
          ...body,
          color: ink.muted,
        });
      }
      return end + 40;
    }
    case "callout": {
      const color = block.meaning && block.meaning !== "neutral" ? block.meaning : "accent";
      const inner = { ...room, x: room.x + 24, width: room.width - 48 };
      const height = Math.min(room.height, heightOf(block.text, inner.width, body) + 40);
      card(sheet, block.id, { ...room, height });
      bar(sheet, block.id, { ...room, width: 4, height }, theme.colors[color]);
      sheet.frames.push(frame(block.id, { ...room, height }));
      const text = { ...inner, y: room.y + 20, height: height - 40 };
      part(sheet, block.id, { kind: "text" }, text, block.text, body);
      return room.y + height;
    }
    case "metric":
      return metric(sheet, block, room, body);
    case "table":
      return table(sheet, block, room, body);
    case "chart":
      return chart(sheet, block, room, body);
    case "steps": {
      sheet.frames.push(frame(block.id, room));
      const width = room.width / block.steps.length;
      block.steps.forEach((step, index) => {
        const x = room.x + width * index;
        bar(sheet, block.id, { x, y: room.y, width: width - 16, height: 4 }, theme.colors.accent);
        const at = (y: number, height: number) => ({ x, y: room.y + y, width: width - 16, height });
        const texts: ["title" | "when" | "text", string | undefined, Rect, Look][] = [
          ["when", step.when, at(16, 20), { ...body, size: 16, color: ink.muted }],
          ["title", step.title, at(44, 60), { ...body, bold: true }],
          ["text", step.text, at(108, 140), { ...body, size: 16 }],
        ];
        for (const [field, text, bounds, look] of texts) {
          if (text) part(sheet, block.id, { kind: "step", index, field }, bounds, text, look);
        }
      });
      return room.y + room.height;
    }
    case "image":
      sheet.frames.push(frame(block.id, room, "media"));
      sheet.elements.push({
        of: { block: block.id },
        type: "image",
        image: block.image,
        bounds: room,
        fit: block.fit ?? "contain",
        alt: block.alt ?? "",
      });
      return room.y + room.height;
    case "columns": {
      sheet.frames.push(frame(block.id, room));
      const total = block.columns.reduce((sum, { width }) => sum + width, 0);
      let x = room.x;
      for (const column of block.columns) {
        const width = ((room.width - GAP * (block.columns.length - 1)) * column.width) / total;
        stack(sheet, column.blocks, { ...room, x, width });
        x += width + GAP;
      }
      return room.y + room.height;
    }
    case "divider":
      sheet.frames.push(frame(block.id, { ...room, height: 16 }));
      bar(sheet, block.id, { ...room, y: room.y + 7, height: 2 }, theme.colors.line);
      return room.y + 16;
  }
}

function list(
  sheet: Sheet,
  block: Extract<Block, { items: unknown }>,
  room: Rect,
  body: Look,
): number {
  let y = room.y;
  block.items.forEach(({ text, level = 1 }, index) => {
    const indent = 24 * level;
    const look = level === 2 ? { ...body, size: 16 } : body;
    const width = room.width - indent;
    const height = heightOf(text || " ", width, look);
    const of = { block: block.id, part: { kind: "item", index } as const };
    if (block.type === "bullets") {
      sheet.elements.push({
        of,
        type: "ellipse",
        bounds: { x: room.x + indent - 20, y: y + look.size * 0.45, width: 7, height: 7 },
        fill: sheet.theme.colors.accent,
      });
    } else {
      const bounds = { x: room.x + indent - 24, y, width: 24, height };
      sheet.elements.push({ of, ...textShape(`${index + 1}.`, bounds, look) });
    }
    part(sheet, block.id, of.part, { x: room.x + indent, y, width, height }, text, look);
    y += height + 8;
  });
  sheet.frames.push(frame(block.id, { ...room, height: y - room.y }));
  return y;
}

function metric(
  sheet: Sheet,
  block: Extract<Block, { type: "metric" }>,
  room: Rect,
  body: Look,
): number {
  card(sheet, block.id, room);
  sheet.frames.push(frame(block.id, room, "card"));
  const at = (y: number, height: number) => ({
    x: room.x + 24,
    y: room.y + y,
    width: room.width - 48,
    height,
  });
  const number = `${block.value} ${block.unit ?? ""}`;
  part(sheet, block.id, { kind: "value" }, at(20, 72), number, { ...body, size: 56, bold: true });
  const muted = { ...body, size: 16, color: sheet.ink.muted };
  part(sheet, block.id, { kind: "label" }, at(100, 40), block.label, muted);
  if (block.change) {
    const { value, unit = "", meaning = "neutral" } = block.change;
    const color = meaning === "neutral" ? sheet.ink.muted : sheet.theme.colors[meaning];
    const words = `${value < 0 ? "▼ −" : "▲ +"}${Math.abs(value)} ${unit}`;
    part(sheet, block.id, { kind: "change" }, at(150, 24), words, { ...body, size: 16, color });
  }
  return room.y + room.height;
}

function table(sheet: Sheet, block: Table, room: Rect, body: Look): number {
  const width = room.width / block.columns.length;
  const height = Math.min(40, room.height / (block.rows.length + 1));
  const rows = [block.columns.map(({ title }) => title), ...block.rows];
  rows.forEach((cells, row) => {
    const y = room.y + row * height;
    if (row === 0) bar(sheet, block.id, { ...room, y, height }, sheet.theme.colors.surface);
    cells.forEach((cell, column) => {
      const bounds = { x: room.x + width * column + 12, y: y + 8, width: width - 24, height: 24 };
      const look: Look = {
        ...body,
        size: 16,
        bold: row === 0,
        align: typeof cell === "number" ? "right" : "left",
      };
      const of: Part =
        row === 0 ? { kind: "heading", column } : { kind: "cell", row: row - 1, column };
      part(sheet, block.id, of, bounds, cell === null ? "–" : String(cell), look);
    });
    const y2 = y + height;
    sheet.elements.push({
      of: { block: block.id },
      type: "line",
      from: [room.x, y2],
      to: [room.x + room.width, y2],
      stroke: { color: sheet.theme.colors.line, width: 1 },
    });
  });
  sheet.frames.push({
    ...frame(block.id, { ...room, height: height * rows.length }),
    detail: {
      kind: "table",
      columns: block.columns.map(() => width),
      rows: rows.map(() => height),
      size: 16,
    },
  });
  return room.y + height * rows.length;
}

function chart(sheet: Sheet, block: Chart, room: Rect, body: Look): number {
  const plot = { x: room.x, y: room.y + 8, width: room.width, height: room.height - 40 };
  sheet.frames.push({ ...frame(block.id, room), detail: { kind: "chart", plot } });
  const values = block.series.flatMap((series) => series.values).map((value) => value ?? 0);
  const most = Math.max(1, ...values);
  const count = Math.max(1, ...block.series.map((series) => series.values.length));
  const step = plot.width / count;
  const labels: Look = { ...body, size: 14, color: sheet.ink.muted, align: "center" };
  for (let line = 0; line <= 4; line += 1) {
    const y = plot.y + (plot.height * line) / 4;
    sheet.elements.push({
      of: { block: block.id, part: { kind: "axis" } },
      type: "line",
      from: [plot.x, y],
      to: [plot.x + plot.width, y],
      stroke: { color: sheet.theme.colors.line, width: 1 },
    });
  }
  block.categories?.forEach((category, index) => {
    const bounds = {
      x: plot.x + step * index,
      y: plot.y + plot.height + 8,
      width: step,
      height: 20,
    };
    part(sheet, block.id, { kind: "axis" }, bounds, category, labels);
  });
  block.series.forEach((series, number) => {
    const fill = sheet.theme.colors.chart[number % 6] ?? sheet.theme.colors.accent;
    const tops = series.values.map((value) => plot.y + plot.height * (1 - (value ?? 0) / most));
    const of = { block: block.id, part: { kind: "data", series: number } as const };
    if (block.kind === "line" || block.kind === "area" || block.kind === "scatter") {
      const points = tops.map((y, index) => `${plot.x + step * (index + 0.5)} ${y}`);
      sheet.elements.push({
        of,
        type: "path",
        path: `M ${points.join(" L ")}`,
        stroke: { color: fill, width: 3 },
      });
      return;
    }
    const width = (step * 0.6) / block.series.length;
    tops.forEach((y, index) => {
      const x = plot.x + step * (index + 0.2) + width * number;
      const muted = block.highlight && block.highlight !== block.categories?.[index] ? 0.45 : 1;
      sheet.elements.push({
        of: { ...of, part: { ...of.part, index } },
        type: "rect",
        bounds: { x, y, width, height: plot.y + plot.height - y },
        fill,
        opacity: muted,
      });
    });
  });
  return room.y + room.height;
}

function write(sheet: Sheet, id: string, bounds: Rect, text: string, look: Look, slot = "body") {
  sheet.frames.push(frame(id, bounds, slot));
  part(sheet, id, { kind: "text" }, bounds, text, look);
  return bounds.y + bounds.height;
}

function part(sheet: Sheet, block: string, of: Part, bounds: Rect, text: string, look: Look) {
  sheet.elements.push({ of: { block, part: of }, ...textShape(text, bounds, look) });
}

function card(sheet: Sheet, block: string, bounds: Rect) {
  const fill = sheet.theme.colors.surface;
  sheet.elements.push({ of: { block }, type: "rect", bounds, radius: 8, fill });
}

function bar(sheet: Sheet, block: string, bounds: Rect, fill: string) {
  sheet.elements.push({ of: { block }, type: "rect", bounds, fill });
}

function frame(block: string, bounds: Rect, slot = "body"): Frame {
  return { block, slot, bounds };
}
