import { describe, expect, it } from "vitest";
import type { Turn } from "../api/chat";
import type { JobEvent } from "../api/jobEvents";
import { applied, type ShownTurn, shown } from "./turnState";

const TURN: Turn = {
  id: "t",
  session_id: "s",
  job_id: "j",
  message: "Review",
  selection: [],
  kind: "create",
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
  position: 2,
  rating: null,
  created_at: "",
};

const SLIDE = { number: 1, of: 2, slide_id: "a", title: "One" };

function told(...events: [kind: string, body?: unknown, attempt?: number][]): JobEvent[] {
  return events.map(([kind, body = {}, attempt = 1], index) => ({
    id: index + 1,
    kind,
    attempt,
    body,
  }));
}

const toldTo = (events: readonly JobEvent[], turn = shown(TURN)): ShownTurn =>
  events.reduce((before, event) => applied(before, event, 0).turn, turn);

const STORY = told(
  ["queued", {}, 0],
  ["started"],
  ["stage", { stage: "gather" }],
  ["query", { space: "Sales", question: "Q", state: "asked" }],
  ["source", { id: "x", name: "S1", label: "Sales: Q", space: "Sales", question: "Q" }],
  ["query", { space: "Sales", question: "Q", state: "answered" }],
  ["text", { text: "Found " }],
  ["text", { text: "it." }],
  ["stage", { stage: "plan" }],
  ["outline", { title: "T", language: "en", reply: "R", slides: [{ title: "One" }] }],
  ["stage", { stage: "slides" }],
  ["slide", { ...SLIDE, state: "writing", version: null }],
  ["notice", { text: "Shortened" }],
  ["slide", { ...SLIDE, state: "done", version: 7 }],
  ["usage", { prompt_tokens: 10, completion_tokens: 5, calls: 2 }],
);

describe("a turn that is followed", () => {
  it("shows what its events tell", () => {
    const turn = toldTo(STORY);
    expect(turn).toMatchObject({
      state: "running",
      stage: "slides",
      position: null,
      sources: ["x"],
      notices: ["Shortened"],
      outline: { title: "T" },
      slides: [{ number: 1, slide_id: "a", title: "One", state: "done" }],
      usage: { prompt_tokens: 10, completion_tokens: 5, calls: 2 },
      live: { text: "Found it.", lastEvent: STORY.length },
    });
    expect(turn.live.queries).toEqual([{ space: "Sales", question: "Q", state: "answered" }]);
  });

  it("is the same when events are told twice", () => {
    const once = toldTo(STORY);
    for (const event of STORY) expect(applied(once, event, 0)).toEqual({ turn: once });
  });

  it("isn't changed by an event that comes too early, and says that one is missing", () => {
    const turn = toldTo(STORY.slice(0, 6));
    const [, , , , , , , second] = STORY;
    if (!second) throw new Error("there is no such event");
    const { turn: next, isMissing } = applied(turn, second, 0);
    expect(isMissing).toBe(true);
    expect(next).toBe(turn);
  });

  it("gives the deck's version and the source of an event", () => {
    const at = (id: number) => {
      const event = STORY[id - 1];
      if (!event) throw new Error("there is no such event");
      return applied(toldTo(STORY.slice(0, id - 1)), event, 0);
    };
    expect(at(14).version).toBe(7);
    expect(at(12).version).toBeUndefined();
    expect(at(5).source).toMatchObject({ id: "x", label: "Sales: Q", row_count: 0 });
  });

  it("forgets what an earlier attempt told, and is read anew", () => {
    const turn = toldTo(STORY);
    const again: JobEvent = { id: STORY.length + 1, kind: "started", attempt: 2, body: {} };
    const made = applied(turn, again, 0);
    expect(made.isStale).toBe(true);
    expect(made.turn.live).toMatchObject({ text: "", attempt: 2 });
    expect(made.turn.live.queries, "questions that were asked stand").toBe(turn.live.queries);
    expect(made.turn.slides).toEqual(turn.slides);
  });

  it("says how long it waits, until something happens", () => {
    const events = told(["started"], ["waiting", { reason: "busy", seconds: 12 }], ["snoozed"]);
    const waiting = events.reduce((turn, event) => applied(turn, event, 1_000).turn, shown(TURN));
    expect(waiting.live.waiting).toEqual({ reason: "busy", until: 13_000 });
    const next: JobEvent = { id: 4, kind: "started", attempt: 2, body: {} };
    expect(applied(waiting, next, 0).turn.live.waiting).toBeNull();
  });

  it("asks to sign in until the work resumes", () => {
    // The next attempt begins before the person has signed in, and waits for it.
    const events = told(["started"], ["sign_in"], ["snoozed"], ["started"]);
    expect(toldTo(events).live.needsSignIn).toBe(true);
    const next: JobEvent = { id: 5, kind: "text", attempt: 2, body: { text: "Then" } };
    expect(applied(toldTo(events), next, 0).turn.live.needsSignIn).toBe(false);
  });

  it("has all slides of an outline at once, with what is known of those that were begun", () => {
    const slide = { number: 2, slide_id: "b", title: "Two", state: "done" };
    const slides = ["One", "Two", "Three"].map((title) => ({ title }));
    const turn = toldTo(told(["slide", slide], ["outline", { title: "Deck", slides }]));
    expect(turn.slides).toEqual([
      { number: 1, slide_id: null, title: "One", state: "waiting" },
      slide,
      { number: 3, slide_id: null, title: "Three", state: "waiting" },
    ]);
  });

  it("is read anew for its kind, and for the slides that a change is about", () => {
    const at = (stage: string, part: Partial<Turn>) => {
      const event: JobEvent = { id: 1, kind: "stage", attempt: 1, body: { stage } };
      return applied(shown({ ...TURN, slides: [], ...part }), event, 0).isStale;
    };
    expect(at("plan", { kind: null })).toBe(true);
    expect(at("plan", { kind: "create" })).toBe(false);
    expect(at("slides", { kind: "change" })).toBe(true);
    expect(at("slides", { kind: "create" })).toBe(false);
  });

  it("is read anew at its end", () => {
    for (const kind of ["succeeded", "failed", "cancelled"]) {
      expect(applied(shown(TURN), { id: 1, kind, attempt: 1, body: {} }, 0).isStale).toBe(true);
    }
  });

  it("passes over events of another form, and of kinds that aren't known", () => {
    const events = told(
      ["stage", { stage: "dancing" }],
      ["slide", { number: "one" }],
      ["outline", null],
      ["text", { text: 5 }],
      ["later", { anything: true }],
    );
    const turn = toldTo(events);
    expect(turn).toMatchObject({ stage: "gather", slides: [], outline: null });
    expect(turn.live.lastEvent).toBe(5);
  });

  it("keeps what was said before an outline was approved, and not before a retry", () => {
    const before = toldTo(STORY);
    const approved = shown({ ...TURN, job_id: "k" }, { ...before, state: "review" });
    expect(approved.live).toMatchObject({ text: "Found it.", lastEvent: 0 });
    const retried = shown({ ...TURN, job_id: "k" }, { ...before, state: "failed" });
    expect(retried.live).toMatchObject({ text: "", lastEvent: 0 });
  });
});
