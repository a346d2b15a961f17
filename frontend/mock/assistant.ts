/**
 * An invented server's assistant, in memory: turns that go on one step at a time, and the events of their jobs.
 *
 * `step` does what happens next; in `npm run dev` a clock calls it, in tests the test does.
 */
import type { Assistant, ChatRequest, Outline, Source, SourceSummary, Turn } from "../src/api/chat";
import { isBlank } from "../src/deck/find";
import type { Deck } from "../src/deck/model";
import type { Patch } from "../src/deck/patch";
import { type Act, changeScript, createScript, planned } from "./assistantScripts.ts";
import type { MockAnswer, MockSessions } from "./sessions.ts";

export interface MockEvent {
  id: number;
  kind: string;
  attempt: number;
  body: unknown;
  created_at: string;
}

interface Job {
  id: string;
  turn: Turn;
  events: MockEvent[];
  acts: Iterator<Act>;
  attempt: number;
  isOver: boolean;
}

export const SPACES = [
  { id: "sp1", title: "Sample sales", description: "Orders, revenue and targets since 2024." },
  { id: "sp2", title: "Support tickets", description: "Tickets, causes and response times." },
  { id: "sp3", title: "Churn", description: "Customers who left, with their reasons." },
];

export const READY: Assistant = {
  available: true,
  problem: null,
  endpoints: [
    { name: "databricks-claude-sonnet-4-5", ready: true },
    { name: "databricks-llama-4-maverick", ready: true },
    { name: "team-model", ready: false },
  ],
  endpoint: "databricks-claude-sonnet-4-5",
  spaces: SPACES,
  user_authorization: true,
  limits: { message_characters: 20_000, slides: 30 },
};

const NOW = "2026-11-28T19:30:00Z";

export class MockAssistant {
  readonly turns: Turn[] = [];
  readonly sources = new Map<string, Source[]>();
  readonly feedback: unknown[] = [];
  readonly requests: ChatRequest[] = [];
  /** With what turns were tried again. */
  readonly retries: unknown[] = [];
  state: Assistant = structuredClone(READY);
  /** Words that the assistant says, in place of its own. */
  words: string | null = null;
  private readonly jobs: Job[] = [];
  private made = 0;

  constructor(private readonly sessions: MockSessions) {}

  /** Whether it answers this path. */
  static knows(path: string): boolean {
    return /^\/api\/(?:chat|jobs|assistant)(?:\/|$)|^\/api\/sessions\/[^/]+\/(?:chat|sources)/.test(
      path,
    );
  }

  answer(method: string, url: string, body: unknown): MockAnswer {
    const [path = "", search = ""] = url.split("?");
    const [, , subject, id = "", what] = path.split("/");
    if (subject === "assistant") return this.assistant(id, body);
    if (subject === "sessions") return this.ofSession(id, what, path.split("/")[5]);
    if (subject === "jobs") return this.job(id, what, search);
    if (id === "") return this.send(body as ChatRequest);
    return method === "POST" ? this.onTurn(id, what, body) : notFound;
  }

  /** The events of a job after one of them. */
  events(job: string, after: number): { events: MockEvent[]; isOver: boolean } {
    const found = this.jobs.find(({ id }) => id === job);
    const events = found?.events.filter(({ id }) => id > after) ?? [];
    return { events, isOver: found?.isOver ?? true };
  }

  /** Does what happens next in the last job that isn't over, `count` times. Gives whether something did. */
  step(count = 1): boolean {
    const job = this.jobs.findLast(({ isOver }) => !isOver);
    if (!job || count === 0) return job !== undefined;
    if (job.turn.state === "queued") this.begin(job);
    const { done, value } = job.acts.next();
    if (done) this.end(job, "succeeded");
    else this.act(job, value);
    return this.step(count - 1);
  }

  /** Goes on until the job waits for the person or has ended, or `until` is so. */
  run(until: (turn: Turn) => boolean = () => false) {
    for (let steps = 0; steps < 500; steps += 1) {
      const job = this.jobs.findLast(({ isOver }) => !isOver);
      if (!job || until(job.turn)) return;
      this.step();
    }
  }

  /** Ends the running job as if it had failed. */
  fail(code: string, message: string) {
    const job = this.jobs.findLast(({ isOver }) => !isOver);
    if (!job) return;
    job.turn.error = { code, message };
    this.end(job, "failed");
  }

  /** Tells an event of the running job as it is. */
  tell(kind: string, body: unknown) {
    const job = this.jobs.findLast(({ isOver }) => !isOver);
    if (job) this.emit(job, kind, body);
  }

  private assistant(what: string, body: unknown): MockAnswer {
    if (what !== "test") return { status: 200, body: this.state };
    const { endpoint, space } = body as { endpoint?: string; space?: string };
    const isFine = endpoint !== "team-model" && space !== "sp3";
    const message = isFine
      ? endpoint
        ? "The endpoint answered."
        : "The space can be used."
      : "Permission denied: you need CAN_QUERY on the endpoint. Ask its owner.";
    return { status: 200, body: { ok: isFine, message, duration_ms: isFine ? 412 : 96 } };
  }

  private ofSession(session: string, what: string | undefined, source?: string): MockAnswer {
    const sources = this.sources.get(session) ?? [];
    if (what === "chat") {
      const turns = this.turns.filter(({ session_id }) => session_id === session);
      return { status: 200, body: structuredClone({ turns, sources: sources.map(summary) }) };
    }
    const found = sources.find(({ id }) => id === source);
    return found ? { status: 200, body: found } : notFound;
  }

  private job(id: string, what: string | undefined, search: string): MockAnswer {
    const job = this.jobs.find((one) => one.id === id);
    if (!job) return notFound;
    const { position } = job.turn;
    // An outline that waits has ended its job.
    const state = job.turn.state === "review" ? "succeeded" : job.turn.state;
    if (what === undefined) return { status: 200, body: { state, position } };
    const after = Number(new URLSearchParams(search).get("after") ?? 0);
    const { events } = this.events(id, after);
    return { status: 200, body: { state, last_event: job.events.length, events } };
  }

  private send(request: ChatRequest): MockAnswer {
    this.requests.push(request);
    if (!this.state.available) {
      return { status: 409, body: { error: this.state.problem ?? { code: "x", message: "No." } } };
    }
    const session =
      request.session_id ??
      (this.sessions.answer("POST", "/api/sessions", { deck: EMPTY }).body as { id: string }).id;
    const deck = this.sessions.sessions.find(({ id }) => id === session)?.deck;
    if (!deck) return notFound;
    const isEmpty = isBlank(deck);
    this.made += 1;
    const turn: Turn = {
      id: `turn-${this.made}`,
      session_id: session,
      job_id: null,
      message: request.message,
      selection: request.selection ?? [],
      kind: null,
      stage: "gather",
      state: "queued",
      reply: null,
      outline: null,
      slides: [],
      sources: [],
      notices: [],
      error: null,
      usage: { prompt_tokens: 0, completion_tokens: 0, calls: 0 },
      duration_ms: null,
      can_undo: false,
      position: 1,
      rating: null,
      created_at: NOW,
    };
    this.turns.push(turn);
    const script = isEmpty
      ? createScript(turn, request.options?.review_outline ?? false, this.words)
      : changeScript(turn, deck, this.words);
    this.start(turn, script);
    return { status: 202, body: structuredClone(turn) };
  }

  private onTurn(id: string, what: string | undefined, body: unknown): MockAnswer {
    const turn = this.turns.find((one) => one.id === id);
    if (!turn) return notFound;
    const job = this.jobs.find((one) => one.id === turn.job_id);
    switch (what) {
      case "outline": {
        const { outline } = body as { outline: Outline };
        turn.outline = outline;
        turn.slides = planned(outline);
        turn.state = "queued";
        this.start(turn, createScript(turn, false, this.words));
        return { status: 202, body: structuredClone(turn) };
      }
      case "cancel":
        if (job && !job.isOver) this.end(job, "cancelled");
        else turn.state = "cancelled";
        return { status: 202, body: {} };
      case "retry":
        this.retries.push(body);
        turn.state = "queued";
        turn.error = null;
        this.start(turn, createScript(turn, false, this.words));
        return { status: 202, body: structuredClone(turn) };
      case "undo": {
        turn.can_undo = false;
        const session = this.sessions.sessions.find((one) => one.id === turn.session_id);
        if (!session) return notFound;
        const before = this.before.get(turn.id);
        if (before) session.deck = structuredClone(before);
        session.version += 1;
        return { status: 200, body: { version: session.version } };
      }
      case "feedback":
        this.feedback.push(body);
        return { status: 204 };
      default:
        return notFound;
    }
  }

  private readonly before = new Map<string, MockSessions["sessions"][number]["deck"]>();

  private start(turn: Turn, acts: Iterator<Act>) {
    const id = `00000000-0000-4000-a000-${String(this.jobs.length + 1).padStart(12, "0")}`;
    turn.job_id = id;
    const job = { id, turn, events: [], acts, attempt: 1, isOver: false };
    this.jobs.push(job);
    this.emit(job, "queued", {}, 0);
    const session = this.sessions.sessions.find((one) => one.id === turn.session_id);
    if (session && !this.before.has(turn.id)) {
      this.before.set(turn.id, structuredClone(session.deck));
    }
  }

  private begin(job: Job) {
    job.turn.state = "running";
    job.turn.position = null;
    this.emit(job, "started", {});
  }

  private act(job: Job, act: Act) {
    const { turn } = job;
    switch (act.what) {
      case "source": {
        const { source } = act;
        const known = this.sources.get(turn.session_id) ?? [];
        if (!known.some(({ id }) => id === source.id)) {
          this.sources.set(turn.session_id, [...known, source]);
        }
        turn.sources.push(source.id);
        return this.emit(job, "source", summary(source));
      }
      case "slide": {
        const { patches, slide } = act;
        const session = this.sessions.sessions.find(({ id }) => id === turn.session_id);
        const isFirst = session?.deck.slides.some(({ id }) => id === COVER);
        // The empty cover gives way to the first slide that is written.
        const gone: Patch[] = isFirst ? [{ op: "remove_slide", slide: COVER }] : [];
        if (patches) this.sessions.changeElsewhere(turn.session_id, [...patches, ...gone]);
        turn.slides = [...turn.slides.filter(({ number }) => number !== slide.number), slide];
        turn.slides.sort((one, other) => one.number - other.number);
        const version = patches ? session?.version : null;
        return this.emit(job, "slide", { ...slide, of: act.of, version });
      }
      case "review":
        turn.stage = "review";
        this.emit(job, "stage", { stage: "review" });
        return this.end(job, "review");
      case "tell":
        Object.assign(turn, act.turn);
        return this.emit(job, act.kind, act.body);
    }
  }

  private end(job: Job, state: Turn["state"]) {
    const { turn } = job;
    job.isOver = true;
    turn.state = state;
    turn.position = null;
    if (state !== "review") {
      turn.duration_ms = 24_300;
      if (state === "succeeded") turn.stage = "done";
      turn.can_undo = turn.slides.some((slide) => slide.state === "done");
    }
    const name = state === "review" ? "succeeded" : state;
    this.emit(job, name, { result: turn.id });
  }

  private emit(job: Job, kind: string, body: unknown, attempt = job.attempt) {
    job.events.push({ id: job.events.length + 1, kind, attempt, body, created_at: NOW });
  }
}

/** A job's events in the format of a stream. */
export function asStream(events: readonly MockEvent[]): string {
  const told = events.map(
    ({ id, kind, ...data }) => `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`,
  );
  return `retry: 1000\n\n${told.join("")}`;
}

const COVER = "cover";
/** What a deck begins with. */
const EMPTY: Deck = {
  ...{ format: 1, title: "Untitled deck", language: "en", theme: "clear" },
  slides: [
    {
      ...{ id: COVER, layout: "cover" },
      blocks: [
        { type: "title", id: "cover-title", text: "" },
        { type: "subtitle", id: "cover-subtitle", text: "" },
      ],
    },
  ],
};
const notFound: MockAnswer = {
  status: 404,
  body: { error: { code: "not_found", message: "There is no such route." } },
};

function summary({ sql: _sql, rows: _rows, ...rest }: Source): SourceSummary {
  return rest;
}
