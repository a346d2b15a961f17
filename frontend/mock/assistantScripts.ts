/** What the invented assistant does, one act after the other. */
import type { Outline, Source, Turn, TurnSlide } from "../src/api/chat";
import type { Block, Deck, Slide } from "../src/deck/model";
import type { Patch } from "../src/deck/patch";

export type Act =
  | { what: "tell"; kind: string; body: unknown; turn?: Partial<Turn> }
  | { what: "source"; source: Source }
  | { what: "slide"; slide: TurnSlide; of: number; patches?: Patch[] }
  | { what: "review" };

const QUARTERS: Source = {
  id: "10000000-0000-4000-b000-000000000001",
  name: "S1",
  label: "Sample sales: revenue by quarter",
  space: "Sample sales",
  question: "What was the revenue by quarter and region in 2026?",
  columns: [
    { name: "quarter", kind: "text" },
    { name: "region", kind: "text" },
    { name: "revenue", kind: "number" },
  ],
  row_count: 12,
  truncated: false,
  created_at: "2026-11-28T19:30:05Z",
  sql: "SELECT quarter, region, SUM(amount) AS revenue\nFROM sample.sales.orders\nWHERE year = 2026\nGROUP BY quarter, region\nORDER BY quarter, revenue DESC",
  rows: ["2026-Q1", "2026-Q2", "2026-Q3"].flatMap((quarter, index) =>
    ["EMEA", "AMER", "APAC", "LATAM"].map((region, place) => [
      quarter,
      region,
      String(3_400_000 - place * 640_000 + index * 410_000),
    ]),
  ),
};

const TARGETS: Source = {
  id: "10000000-0000-4000-b000-000000000002",
  name: "S2",
  label: "Sample sales: targets by region",
  space: "Sample sales",
  question: "Which regions missed their target?",
  columns: [
    { name: "region", kind: "text" },
    { name: "target", kind: "number" },
    { name: "actual", kind: "number" },
    { name: "closed_on", kind: "date" },
    { name: "is_final", kind: "bool" },
  ],
  row_count: 5_000,
  truncated: true,
  created_at: "2026-11-28T19:30:08Z",
  sql: "SELECT region, target, actual, closed_on, is_final FROM sample.sales.targets",
  rows: [
    ["EMEA", "3800000", "4220000", "2026-09-30", "true"],
    ["AMER", "3700000", "3580000", "2026-09-30", "true"],
    ["APAC", "3000000", "2940000", "2026-09-30", null],
    ["LATAM", "1400000", "2300000", "2026-09-30", "true"],
  ],
};

export const OUTLINE: Outline = {
  title: "Third quarter: EMEA leads, AMER slips",
  language: "en",
  reply: "I’ll show that EMEA carried the quarter and where AMER lost ground.",
  slides: [
    {
      title: "Third quarter review: EMEA leads, AMER slips",
      layout: "cover",
      content: "Title, audience and date.",
      sources: [],
    },
    {
      title: "Revenue grew 12 % to €13.1 M, most of it in EMEA",
      layout: "metrics",
      content: "Revenue, growth and the share of EMEA as three figures.",
      sources: ["S1"],
    },
    {
      title: "EMEA passed AMER in the second quarter and stayed ahead",
      layout: "chart_and_takeaway",
      content: "Revenue by quarter for the four regions.",
      sources: ["S1"],
    },
    {
      title: "AMER and APAC missed their targets",
      layout: "table",
      content: "Target and actual revenue by region.",
      sources: ["S2"],
    },
    {
      title: "Two large renewals explain the gap in AMER",
      layout: "title_and_text",
      content: "The causes, from your notes.",
      sources: [],
    },
    {
      title: "Decide on the AMER renewal plan by 15 December",
      layout: "closing",
      content: "Decisions, owners and dates.",
      sources: [],
    },
  ],
};

const SAID =
  "I found the revenue of 2026 by quarter and region, and the targets for the third quarter. There is no data on single customers, so the causes come from your text.";

export function* createScript(turn: Turn, review: boolean, words: string | null): Generator<Act> {
  if (turn.stage === "gather") yield* gather(words ?? SAID);
  if (turn.outline === null) {
    yield tell("stage", { stage: "plan" }, { stage: "plan", kind: "create" });
    const outline = words ? { ...OUTLINE, title: words, reply: words } : OUTLINE;
    const { reply } = outline;
    yield tell("outline", outline, { outline, reply, slides: planned(outline) });
    yield tell("reply", { text: reply });
    if (review) {
      yield { what: "review" };
      return;
    }
  }
  yield* slides(turn);
  yield tell("stage", { stage: "check" }, { stage: "check" });
  yield notice(turn, "The text of slide 5 was shortened so that it fits.");
  yield* used(9_840, 2_113, 9);
}

function* slides(turn: Turn): Generator<Act> {
  const outline = turn.outline ?? OUTLINE;
  const of = outline.slides.length;
  const waiting = planned(outline);
  yield tell("stage", { stage: "slides" }, { stage: "slides", slides: waiting });
  for (const [index, slide] of waiting.entries()) {
    for (const next of waiting.slice(index, index + 3)) {
      if (index === 0 || next.number === index + 3) {
        yield { what: "slide", of, slide: { ...next, state: "writing" } };
      }
    }
    const id = idOf(slide.number);
    const patches: Patch[] = [
      {
        op: "insert_slide",
        slide: written(id, outline.slides[index]),
        after: index > 0 ? idOf(index) : null,
      },
    ];
    if (index === 0) patches.push({ op: "set_title", title: outline.title });
    yield { what: "slide", of, patches, slide: { ...slide, state: "done" } };
  }
}

export function* changeScript(turn: Turn, deck: Deck, words: string | null): Generator<Act> {
  yield tell("stage", { stage: "gather" }, { stage: "gather" });
  for (const text of pieces(words ?? "The slide has all the numbers that the chart needs.")) {
    yield tell("text", { text });
  }
  yield tell("stage", { stage: "plan" }, { stage: "plan", kind: "change" });
  const chosen = turn.selection?.[0] ?? deck.slides.at(-1)?.id;
  const index = deck.slides.findIndex(({ id }) => id === chosen);
  const slide = deck.slides[index];
  if (!slide) return;
  const title = "Every region beat its plan but LATAM";
  const row = { number: 1, slide_id: slide.id, title, state: "waiting" } as const;
  const reply = words ?? "The table on the slide is a chart now, with the same numbers.";
  yield tell("reply", { text: reply }, { reply });
  yield tell("stage", { stage: "slides" }, { stage: "slides", slides: [row] });
  yield { what: "slide", of: 1, slide: { ...row, state: "writing" } };
  const [first] = slide.blocks;
  const blocks: Block[] = [
    ...(first ? [first] : []),
    {
      type: "chart",
      id: `${slide.id}-chart`,
      kind: "bar",
      categories: ["EMEA", "APAC", "AMER", "LATAM"],
      series: [{ id: "a", name: "Actual", values: [4.2, 3.1, 3.9, 1.2] }],
      unit: "M€",
    },
  ];
  const patches: Patch[] = [{ op: "replace_slide", slide: { ...slide, layout: "chart", blocks } }];
  yield { what: "slide", of: 1, patches, slide: { ...row, state: "done" } };
  yield tell("stage", { stage: "check" }, { stage: "check" });
  yield* used(2_210, 388, 3);
}

function* gather(words: string): Generator<Act> {
  yield tell("stage", { stage: "gather" }, { stage: "gather" });
  for (const source of [QUARTERS, TARGETS]) {
    const { space, question } = source;
    yield tell("query", { space, question, state: "asked" });
    yield { what: "source", source };
    yield tell("query", { space, question, state: "answered" });
  }
  for (const text of pieces(words)) yield tell("text", { text });
}

function* used(prompt_tokens: number, completion_tokens: number, calls: number): Generator<Act> {
  const usage = { prompt_tokens, completion_tokens, calls };
  yield tell("usage", usage, { usage });
}

function tell(kind: string, body: unknown, turn?: Partial<Turn>): Act {
  return { what: "tell", kind, body, ...(turn ? { turn } : {}) };
}

function notice(turn: Turn, text: string): Act {
  return tell("notice", { text }, { notices: [...turn.notices, text] });
}

const pieces = (words: string) => words.match(/\S+\s*/g) ?? [];

/** The slides of an outline have their ids before they are written. */
export function planned({ slides }: Outline): TurnSlide[] {
  return slides.map(({ title }, index) => {
    const number = index + 1;
    return { number, slide_id: idOf(number), title, state: "waiting" };
  });
}

const idOf = (number: number) => `new${number}`;

function written(id: string, planned: Outline["slides"][number] | undefined): Slide {
  const { title = "", layout = "title_and_text" } = planned ?? {};
  const head: Block = { type: "title", id: `${id}t`, text: title };
  const body = BODIES[layout]?.(id) ?? [];
  return {
    id,
    layout: layout as Slide["layout"],
    blocks: [head, ...body],
    ...(planned?.sources.includes("S1") ? { sources: [{ label: QUARTERS.label }] } : {}),
  };
}

const BODIES: Record<string, (id: string) => Block[]> = {
  cover: (id) => [{ type: "subtitle", id: `${id}s`, text: "For the sales leads, 30 November" }],
  closing: (id) => [{ type: "subtitle", id: `${id}s`, text: "Owner: Grace, with finance" }],
  title_and_text: (id) => [
    {
      type: "bullets",
      id: `${id}b`,
      items: [
        { text: "Renewal of the largest account moved to January" },
        { text: "One order was split into three smaller ones" },
        { text: "Both are signed; the revenue comes in the first quarter" },
      ],
    },
  ],
  metrics: (id) => [
    metric(`${id}a`, 13.1, "M€", "Revenue", QUARTERS.label),
    metric(`${id}b`, 12, "%", "Growth", QUARTERS.label),
    metric(`${id}c`, 34, "%", "Share of EMEA"),
  ],
  chart_and_takeaway: (id) => [
    {
      type: "chart",
      id: `${id}c`,
      kind: "line",
      categories: ["Q1", "Q2", "Q3"],
      series: [
        { id: "a", name: "EMEA", values: [3.4, 3.81, 4.22] },
        { id: "b", name: "AMER", values: [3.5, 3.55, 3.58] },
        { id: "c", name: "APAC", values: [2.12, 2.53, 2.94] },
      ],
      unit: "M€",
      highlight: "a",
      source: { label: QUARTERS.label },
    },
    { type: "callout", id: `${id}k`, text: "EMEA has been ahead since April", meaning: "positive" },
  ],
  table: (id) => [
    {
      type: "table",
      id: `${id}b`,
      columns: [
        { title: "Region" },
        { title: "Target", unit: "M€" },
        { title: "Actual", unit: "M€" },
      ],
      rows: [
        ["EMEA", 3.8, 4.22],
        ["AMER", 3.7, 3.58],
        ["APAC", 3, 2.94],
        ["LATAM", 1.4, 2.3],
      ],
      source: { label: TARGETS.label },
    },
  ],
};

function metric(id: string, value: number, unit: string, label: string, source?: string): Block {
  return {
    type: "metric",
    id,
    value,
    unit,
    label,
    ...(source ? { source: { label: source } } : {}),
  };
}
