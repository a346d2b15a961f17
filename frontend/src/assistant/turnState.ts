/**
 * A turn as it is shown: what the server stored, with what its job's events have told since. Pure.
 *
 * Applying an event twice, or one from before, changes nothing, so a stream may repeat itself. An event that
 * skips one says that something was missed.
 */
import * as v from "valibot";
import {
  type Outline,
  outlineSchema,
  type SourceSummary,
  STAGES,
  type Stage,
  sourceSummarySchema,
  type Turn,
  type TurnSlide,
  turnSlideSchema,
  usageSchema,
} from "../api/chat";
import type { JobEvent } from "../api/jobEvents";

/** A question to a data space, as long as its answer isn't a source. */
export interface Query {
  space: string;
  question: string;
  /** As the server names it; `failed` and `done` are known here. */
  state: string;
}

export interface Live {
  /** What the assistant has said while it gathers. */
  text: string;
  queries: readonly Query[];
  /** Why nothing happens at the moment, and until when (milliseconds since 1970). */
  waiting: { reason: string; until: number } | null;
  needsSignIn: boolean;
  /** The id of the last event that was applied. */
  lastEvent: number;
  attempt: number;
}

export interface ShownTurn extends Turn {
  live: Live;
}

const QUIET: Live = {
  text: "",
  queries: [],
  waiting: null,
  needsSignIn: false,
  lastEvent: 0,
  attempt: 0,
};

export function isActive({ state }: Turn): boolean {
  return state === "queued" || state === "running";
}

/** Whether the last answer is one that isn't complete: at work, or waiting for the person. */
export function isOpen(turns: readonly Turn[] | null): boolean {
  const turn = turns?.at(-1);
  return turn !== undefined && (isActive(turn) || turn.state === "review");
}

/** The server's turn, with what is known of the job it has. */
export function shown(turn: Turn, before?: ShownTurn): ShownTurn {
  const live = before ? liveOf(turn, before) : QUIET;
  return { ...turn, live: isActive(turn) ? live : { ...live, waiting: null, needsSignIn: false } };
}

function liveOf(turn: Turn, before: ShownTurn): Live {
  if (before.job_id === turn.job_id) return before.live;
  // The next job goes on from an outline that was approved; what led to it still holds.
  if (before.state !== "review") return QUIET;
  return { ...QUIET, text: before.live.text, queries: before.live.queries };
}

export interface Applied {
  turn: ShownTurn;
  /** A source that was found. */
  source?: SourceSummary;
  /** The deck's version that the event speaks of. */
  version?: number;
  /** Whether the server's turn has to be read anew. */
  isStale?: boolean;
  /** Whether an event before this one is missing. */
  isMissing?: boolean;
}

const stageSchema = v.object({ stage: v.picklist(STAGES) });
const textSchema = v.object({ text: v.string() });
const querySchema = v.object({ space: v.string(), question: v.string(), state: v.string() });
const waitingSchema = v.object({
  reason: v.optional(v.string(), ""),
  seconds: v.optional(v.number(), 0),
});
const changedSchema = v.object({ version: v.number() });
const slideSchema = v.object({ ...turnSlideSchema.entries, version: v.nullish(v.number(), null) });

/** What an event makes of a turn. `now`: milliseconds since 1970. */
export function applied(turn: ShownTurn, event: JobEvent, now: number): Applied {
  const { live } = turn;
  if (event.id <= live.lastEvent) return { turn };
  if (event.id > live.lastEvent + 1) return { turn, isMissing: true };
  const next: ShownTurn = { ...turn, live: { ...live, lastEvent: event.id } };
  // The queue's own events are part of the wait.
  if (!OF_THE_QUEUE.includes(event.kind)) next.live.waiting = null;
  if (OF_THE_WORK.includes(event.kind)) next.live.needsSignIn = false;
  return EVENTS[event.kind]?.(next, event, now) ?? { turn: next };
}

const OF_THE_QUEUE = ["queued", "snoozed", "retried", "interrupted"];
/** Told only by a job that may act for the person. */
const OF_THE_WORK = ["stage", "text", "query", "source", "outline", "slide", "usage"];

type Apply = (turn: ShownTurn, event: JobEvent, now: number) => Applied;

/** Reads an event's body; one with another shape changes nothing. */
function reading<S extends v.GenericSchema>(
  schema: S,
  apply: (turn: ShownTurn, body: v.InferOutput<S>, now: number) => Applied,
): Apply {
  return (turn, { body }, now) => {
    const parsed = v.safeParse(schema, body);
    return parsed.success ? apply(turn, parsed.output, now) : { turn };
  };
}

const withLive = (turn: ShownTurn, live: Partial<Live>): ShownTurn => ({
  ...turn,
  live: { ...turn.live, ...live },
});

const EVENTS: Record<string, Apply> = {
  started: (turn, { attempt }) => {
    // What earlier attempts told is void; what they stored, the server's turn has. Questions that were asked stand.
    const isAgain = attempt > 1;
    const live = { ...(isAgain ? { text: "" } : {}), attempt };
    const next: ShownTurn = { ...withLive(turn, live), state: "running", position: null };
    return { turn: next, isStale: isAgain };
  },
  stage: reading(stageSchema, (turn, { stage }) => ({
    turn: { ...turn, stage, state: "running" },
    isStale: isToldLess(turn, stage),
  })),
  text: reading(textSchema, (turn, { text }) => ({
    turn: withLive(turn, { text: turn.live.text + text }),
  })),
  query: reading(querySchema, (turn, query) => ({
    turn: withLive(turn, { queries: withQuery(turn.live.queries, query) }),
  })),
  source: reading(sourceSummarySchema, (turn, source) => ({
    turn: {
      ...turn,
      sources: turn.sources.includes(source.id) ? turn.sources : [...turn.sources, source.id],
    },
    source,
  })),
  outline: reading(outlineSchema, (turn, outline) => ({
    turn: { ...turn, outline, slides: planned(outline, turn.slides) },
  })),
  reply: reading(textSchema, (turn, { text }) => ({ turn: { ...turn, reply: text } })),
  slide: reading(slideSchema, (turn, { version, ...slide }) => ({
    turn: { ...turn, slides: withSlide(turn.slides, slide) },
    ...(version === null ? {} : { version }),
  })),
  changed: reading(changedSchema, (turn, { version }) => ({ turn, version })),
  notice: reading(textSchema, (turn, { text }) => ({
    turn: turn.notices.includes(text) ? turn : { ...turn, notices: [...turn.notices, text] },
  })),
  waiting: reading(waitingSchema, (turn, { reason, seconds }, now) => ({
    turn: withLive(turn, { waiting: { reason, until: now + seconds * 1_000 } }),
  })),
  sign_in: (turn) => ({ turn: withLive(turn, { needsSignIn: true }) }),
  usage: reading(usageSchema, (turn, usage) => ({ turn: { ...turn, usage } })),
  snoozed: (turn) => ({ turn: { ...turn, state: "queued", position: null } }),
  succeeded: (turn) => ({ turn, isStale: true }),
  failed: (turn) => ({ turn, isStale: true }),
  cancelled: (turn) => ({ turn, isStale: true }),
};

/** The kind of a turn and the slides of a change aren't told, only stored. */
function isToldLess({ kind, slides }: Turn, stage: Stage): boolean {
  if (stage === "plan") return kind === null;
  return stage === "slides" && kind !== "create" && slides.length === 0;
}

function withQuery(queries: readonly Query[], query: Query): readonly Query[] {
  const isSame = (one: Query) => one.space === query.space && one.question === query.question;
  return queries.some(isSame)
    ? queries.map((one) => (isSame(one) ? query : one))
    : [...queries, query];
}

/** All slides of an outline; of those that were begun before, what is known. */
function planned({ slides }: Outline, before: readonly TurnSlide[]): TurnSlide[] {
  return slides.map(({ title }, index) => {
    const number = index + 1;
    const known = before.find((slide) => slide.number === number);
    return known ?? { number, slide_id: null, title, state: "waiting" };
  });
}

function withSlide(slides: readonly TurnSlide[], slide: TurnSlide): TurnSlide[] {
  const others = slides.filter(({ number }) => number !== slide.number);
  const before = slides.find(({ number }) => number === slide.number);
  const known = {
    ...slide,
    title: slide.title || (before?.title ?? ""),
    slide_id: slide.slide_id ?? before?.slide_id ?? null,
  };
  return [...others, known].toSorted((one, other) => one.number - other.number);
}
