import { describe, expect, it } from "vitest";
import type { DeployError, DeployEvent } from "../contract";
import {
  blockers,
  durationOf,
  elapsedAt,
  IDLE,
  isLive,
  progressOf,
  type RunAction,
  type RunState,
  reduceRun,
  type StepStatus,
} from "./runState";

const PLAN = [
  { step: "lakebase", title: "the database `tellr-db`", waits_for: [] },
  { step: "app", title: "the app `tellr` and its compute", waits_for: [] },
  { step: "schema", title: "the schema `app_data`", waits_for: ["lakebase", "app"] },
];

const FAILURE: DeployError = {
  code: "COMPUTE_TIMEOUT",
  class: "deployment",
  message: "The compute of app `tellr` is still STARTING after 20 min",
  cause: "The platform may be short of capacity",
  remedy: "Run the same again later",
  docs: "https://docs.databricks.com/",
  step: "app",
};

type Told = Pick<DeployEvent, "kind" | "elapsed_ms"> & Partial<DeployEvent>;

/** A run that has told these things; each is heard at its own time after 1 000 000. */
function runOf(told: readonly Told[], then: readonly RunAction[] = []): RunState {
  const began: RunAction = { type: "begin", operation: "create", appName: "tellr", at: 1_000_000 };
  const events = told.map((event, sequence): RunAction => {
    const whole = { run: "r1", sequence, at: "2026-11-25T13:15:26Z", message: "", ...event };
    return { type: "event", event: whole, at: 1_000_000 + event.elapsed_ms };
  });
  return [began, ...events, ...then].reduce(reduceRun, IDLE);
}

const step = (name: string, state: DeployEvent["state"], at: number, more: Partial<Told> = {}) => ({
  kind: "step" as const,
  step: name,
  ...(state === undefined ? {} : { state }),
  elapsed_ms: at,
  ...more,
});
const plan = (at: number): Told => ({ kind: "plan", elapsed_ms: at, steps: PLAN });

function view(state: RunState, name: string) {
  const found = state.steps.find((candidate) => candidate.step === name);
  if (!found) throw new Error(`no step ${name}`);
  return found;
}

function statuses(state: RunState): Record<string, StepStatus> {
  return Object.fromEntries(state.steps.map(({ step: name, status }) => [name, status]));
}

describe("a run", () => {
  it("shows what came before the plan in front of the planned steps", () => {
    const state = runOf([
      step("preflight", "started", 0),
      step("preflight", "unchanged", 80, { step_elapsed_ms: 80 }),
      plan(80),
    ]);
    expect(state.steps.map(({ step: name }) => name)).toEqual([
      "preflight",
      "lakebase",
      "app",
      "schema",
    ]);
    expect(statuses(state)).toMatchObject({ preflight: "unchanged", lakebase: "pending" });
    expect(view(state, "schema").title).toBe("the schema `app_data`");
    expect(progressOf(state.steps)).toEqual({ over: 1, all: 4 });
  });

  it("tells a step's own work from its waiting, without a gap between them", () => {
    const state = runOf([
      plan(0),
      step("app", "started", 100, { message: "the app" }),
      step("app", "waiting", 300, { message: "compute is starting" }),
      step("app", "progress", 900, { message: "still starting", progress: 0.4 }),
      step("app", "done", 2_100, { message: "created the app", step_elapsed_ms: 2_000 }),
    ]);
    expect(view(state, "app")).toMatchObject({
      status: "done",
      startedMs: 100,
      endedMs: 2_100,
      message: "created the app",
      progress: 0.4,
      stretches: [
        { kind: "running", fromMs: 100, toMs: 300 },
        { kind: "waiting", fromMs: 300, toMs: 2_100 },
      ],
    });
  });

  it("goes on waiting while news arrive", () => {
    const told = [plan(0), step("app", "waiting", 300), step("app", "progress", 900)];
    expect(view(runOf(told), "app")).toMatchObject({
      status: "waiting",
      stretches: [{ kind: "waiting", fromMs: 300, toMs: null }],
    });
  });

  it("places a step that is only told when it is over by how long it took", () => {
    const state = runOf([plan(0), step("app", "unchanged", 500, { step_elapsed_ms: 120 })]);
    expect(view(state, "app")).toMatchObject({ startedMs: 380, endedMs: 500, status: "unchanged" });
  });

  it("names only those that a step still waits for", () => {
    const told = [plan(0), step("lakebase", "started", 0)];
    const waiting = runOf(told);
    expect(blockers(view(waiting, "schema"), waiting.steps)).toEqual(["lakebase", "app"]);
    const half = runOf([...told, step("lakebase", "done", 400, { step_elapsed_ms: 400 })]);
    expect(blockers(view(half, "schema"), half.steps)).toEqual(["app"]);
  });

  it("counts on between events by the local clock, and stops with the run", () => {
    const told = [plan(0), step("app", "started", 1_000)];
    const running = runOf(told);
    expect(elapsedAt(running, 1_000_000 + 1_000 + 700)).toBe(1_700);
    expect(durationOf(view(running, "app"), 1_700)).toBe(700);
    // A clock that was set back takes nothing away.
    expect(elapsedAt(running, 0)).toBe(1_000);

    const failed = runOf(told, [{ type: "error", error: FAILURE, at: 1_003_000 }]);
    expect(elapsedAt(failed, 9_000_000)).toBe(3_000);
  });

  it("hears each message once, in order, however often it arrives", () => {
    const event: DeployEvent = {
      run: "r1",
      sequence: 7,
      at: "2026-11-25T13:15:26Z",
      elapsed_ms: 10,
      kind: "notice",
      message: "once",
    };
    const twice: RunAction[] = [
      { type: "event", event, at: 1_000_010 },
      { type: "event", event, at: 1_000_020 },
      { type: "event", event: { ...event, sequence: 3, message: "late" }, at: 1_000_030 },
    ];
    expect(runOf([], twice).log.map(({ message }) => message)).toEqual(["once"]);
  });

  it("takes the steps anew when another run goes on with the work", () => {
    const taken: DeployEvent = {
      run: "r2",
      sequence: 0,
      at: "2026-11-25T13:16:00Z",
      elapsed_ms: 0,
      kind: "plan",
      message: "create the app `tellr`",
      steps: PLAN.slice(0, 1),
    };
    const state = runOf(
      [plan(0), step("app", "started", 5_000)],
      [{ type: "event", event: taken, at: 1_040_000 }],
    );
    expect(state.run).toBe("r2");
    expect(state.steps.map(({ step: name }) => name)).toEqual(["lakebase"]);
    expect(state.elapsedMs).toBe(0);
    expect(state.log).toHaveLength(3);
    expect(new Set(state.log.map(({ id }) => id)).size).toBe(3);
  });

  it("finishes with the result and its address", () => {
    const result = {
      url: "https://tellr-1.example.com",
      app_name: "tellr",
      lakebase_name: "tellr-db",
      schema_name: "app_data",
      status: "created",
      lakebase_type: "autoscaling",
      steps: [],
    };
    const told = [plan(0), { kind: "finished" as const, elapsed_ms: 900, url: "https://early" }];
    const state = runOf(told, [{ type: "result", result, at: 1_000_950 }]);
    expect(state).toMatchObject({ phase: "finished", result, url: "https://tellr-1.example.com" });
    expect(isLive(state)).toBe(false);
  });

  it("leaves nothing looking alive when it fails", () => {
    const state = runOf(
      [
        plan(0),
        step("lakebase", "waiting", 100),
        step("app", "failed", 2_000, { step_elapsed_ms: 1_900, error: FAILURE }),
        { kind: "failed", elapsed_ms: 2_000, step: "app", error: FAILURE },
      ],
      [{ type: "error", error: FAILURE, at: 1_002_000 }],
    );
    expect(state).toMatchObject({ phase: "failed", error: FAILURE });
    expect(statuses(state)).toEqual({ lakebase: "interrupted", app: "failed", schema: "skipped" });
    expect(view(state, "lakebase")).toMatchObject({
      endedMs: 2_000,
      stretches: [{ kind: "waiting", fromMs: 100, toMs: 2_000 }],
    });
  });

  it("tells a step that was dropped in the middle from one that never began", () => {
    const state = runOf([
      plan(0),
      step("app", "started", 100, { message: "the app" }),
      step("app", "waiting", 200, { message: "compute is starting" }),
      step("app", "skipped", 900, { message: "not run" }),
      step("schema", "skipped", 900, { message: "not run" }),
    ]);
    expect(view(state, "schema")).toMatchObject({ status: "skipped", startedMs: null });
    expect(view(state, "app")).toMatchObject({
      status: "interrupted",
      endedMs: 900,
      message: "compute is starting",
      stretches: [
        { kind: "running", fromMs: 100, toMs: 200 },
        { kind: "waiting", fromMs: 200, toMs: 900 },
      ],
    });
  });

  it("says apart that it was stopped on request", () => {
    const told = [plan(0), step("app", "started", 10)];
    const stopping = runOf(told, [{ type: "stop" }]);
    expect(stopping.phase).toBe("stopping");
    expect(isLive(stopping)).toBe(true);
    const error = { ...FAILURE, code: "CANCELLED" };
    const ended = reduceRun(stopping, { type: "error", error, at: 1_000_100 });
    expect(ended).toMatchObject({ phase: "cancelled", error });
  });

  it("may still finish after it was asked to stop", () => {
    const result = { app_name: "tellr", status: "deleted", database_reset: false, steps: [] };
    const state = runOf([plan(0)], [{ type: "stop" }, { type: "result", result, at: 1_000_100 }]);
    expect(state.phase).toBe("finished");
  });

  it("fails before any event without inventing steps or time", () => {
    const state = runOf([], [{ type: "error", error: FAILURE, at: 1_060_000 }]);
    expect(state).toMatchObject({ phase: "failed", steps: [], elapsedMs: 0 });
  });

  it("hears nothing any more once it has ended, or before it began", () => {
    const ended = runOf([plan(0)], [{ type: "error", error: FAILURE, at: 1_000_100 }]);
    const late: RunAction = {
      type: "event",
      event: {
        run: "r1",
        sequence: 99,
        at: "2026-11-25T13:16:00Z",
        elapsed_ms: 5_000,
        kind: "notice",
        message: "late",
      },
      at: 1_005_000,
    };
    expect(reduceRun(ended, late)).toBe(ended);
    expect(reduceRun(IDLE, late)).toBe(IDLE);
    expect(reduceRun(IDLE, { type: "stop" })).toBe(IDLE);
    expect(reduceRun(ended, { type: "error", error: FAILURE, at: 2_000_000 })).toBe(ended);
    expect(reduceRun(ended, { type: "clear" })).toEqual(IDLE);
  });

  it("keeps a step that no plan named", () => {
    const state = runOf([plan(0), step("surprise", "started", 20, { message: "something new" })]);
    expect(view(state, "surprise")).toMatchObject({ status: "running", message: "something new" });
  });

  it("that puts the previous release back shows those steps after the failed ones", () => {
    const back = [{ step: "put_back_files", title: "the files of release 1", waits_for: [] }];
    const state = runOf([
      plan(0),
      step("lakebase", "done", 100),
      step("app", "failed", 200),
      step("schema", "skipped", 200),
      { kind: "plan", elapsed_ms: 210, steps: back },
      step("put_back_files", "started", 220),
    ]);
    expect(isLive(state)).toBe(true);
    expect(Object.entries(statuses(state))).toEqual([
      ["lakebase", "done"],
      ["app", "failed"],
      ["schema", "skipped"],
      ["put_back_files", "running"],
    ]);
  });
});
