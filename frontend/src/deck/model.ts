/** A deck as the server keeps it: the types of the crate `tellr-slides` (`runtime/slides/deck.schema.json`). */

export interface Deck {
  format: number;
  title: string;
  language?: string;
  theme: string;
  slides: Slide[];
}

export interface Slide {
  id: string;
  layout: Layout;
  blocks: Block[];
  /** Speaker notes, plain text; absent: none. */
  notes?: string;
  sources?: Source[];
}

export const LAYOUTS = [
  "cover",
  "section",
  "agenda",
  "statement",
  "title_and_text",
  "two_columns",
  "chart_and_takeaway",
  "chart",
  "two_charts",
  "metrics",
  "table",
  "comparison",
  "steps",
  "quote",
  "image_half",
  "image_full",
  "closing",
] as const;
export type Layout = (typeof LAYOUTS)[number];

export interface Source {
  label: string;
  url?: string;
}

export type Block =
  | Heading
  | Paragraphs
  | List
  | Table
  | Chart
  | Image
  | Quote
  | Metric
  | Steps
  | Callout
  | Columns
  | Divider;
export type BlockType = Block["type"];

export interface Heading {
  type: "title" | "subtitle";
  id: string;
  text: string;
}

export interface Paragraphs {
  type: "text";
  id: string;
  text: string;
}

export interface List {
  type: "bullets" | "numbered";
  id: string;
  items: Item[];
}

export interface Item {
  text: string;
  /** From 1; absent: 1. */
  level?: number;
}

export interface Table {
  type: "table";
  id: string;
  columns: TableColumn[];
  rows: Cell[][];
  source?: Source;
}

export interface TableColumn {
  title: string;
  unit?: string;
}

/** `null`: no value is known. */
export type Cell = number | string | null;

export const CHART_KINDS = ["bar", "stacked_bar", "line", "area", "pie", "scatter"] as const;
export type ChartKind = (typeof CHART_KINDS)[number];

export interface Chart {
  type: "chart";
  id: string;
  kind: ChartKind;
  categories?: string[];
  series: Series[];
  unit?: string;
  axis?: { min?: number; max?: number };
  /** A series' id or a category. */
  highlight?: string;
  source?: Source;
}

export interface Series {
  id: string;
  name: string;
  values: (number | null)[];
  /** Of a scatter chart. */
  x?: number[];
}

export interface Image {
  type: "image";
  id: string;
  image: string;
  alt?: string;
  caption?: string;
  fit?: "contain" | "cover";
}

export interface Quote {
  type: "quote";
  id: string;
  text: string;
  by?: string;
}

export const MEANINGS = ["neutral", "positive", "negative", "warning"] as const;
export type Meaning = (typeof MEANINGS)[number];

export interface Metric {
  type: "metric";
  id: string;
  value: number;
  unit?: string;
  label: string;
  change?: { value: number; unit?: string; meaning?: Meaning };
  source?: Source;
}

export interface Steps {
  type: "steps";
  id: string;
  kind: "process" | "timeline";
  steps: Step[];
}

export interface Step {
  title: string;
  when?: string;
  text?: string;
}

export interface Callout {
  type: "callout";
  id: string;
  text: string;
  meaning?: Meaning;
}

export interface Columns {
  type: "columns";
  id: string;
  columns: { width: number; blocks: Block[] }[];
}

export interface Divider {
  type: "divider";
  id: string;
}
