/** Changes of a deck, as `tellr_slides::patch` applies them and the server stores them. */
import type {
  Block,
  Cell,
  Chart,
  ChartKind,
  Image,
  Item,
  Layout,
  Meaning,
  Metric,
  Series,
  Slide,
  Source,
  Step,
  Steps,
} from "./model";

/** A list of blocks: a slide's, or those of a column of a `columns` block. */
export type Container = { slide: string } | { column: { block: string; index: number } };

/** One field of a block, with its value. `null` where the model has an optional field. */
export type Field =
  | { text: string }
  | { items: Item[] }
  | { by: string | null }
  | { image: string }
  | { alt: string }
  | { caption: string | null }
  | { fit: NonNullable<Image["fit"]> }
  | { value: number }
  | { label: string }
  | { change: Metric["change"] | null }
  | { unit: string | null }
  | { source: Source | null }
  | { chart_kind: ChartKind }
  | { axis: Chart["axis"] | null }
  | { highlight: string | null }
  | { steps_kind: Steps["kind"] }
  | { steps: Step[] }
  | { meaning: Meaning };

export type Patch =
  | { op: "insert_slide"; slide: Slide; after: string | null }
  | { op: "remove_slide"; slide: string }
  | { op: "move_slide"; slide: string; after: string | null }
  | { op: "replace_slide"; slide: Slide }
  | { op: "set_layout"; slide: string; layout: Layout }
  | { op: "set_notes"; slide: string; notes: string }
  | { op: "set_sources"; slide: string; sources: Source[] }
  | { op: "set_block"; block: Block }
  | { op: "insert_block"; block: Block; into: Container; after: string | null }
  | { op: "remove_block"; block: string }
  | { op: "move_block"; block: string; into: Container; after: string | null }
  | { op: "set_field"; block: string; field: Field }
  | { op: "set_cell"; block: string; row: number; column: number; cell: Cell }
  | { op: "set_series"; block: string; series: Series }
  | { op: "set_theme"; theme: string }
  | { op: "set_title"; title: string }
  | { op: "set_language"; language: string | null };
