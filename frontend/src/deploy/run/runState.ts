/**
 * The state of a run, derived from its events, so that every display shows the same.
 *
 * Pure: each action includes the local time, so that a state can be replayed and mirrored by other
 * displays. There are two clocks. `…Ms` are milliseconds since the start of the run, by the deployer's
 * clock; `heardAt` is the local clock at the newest event, from which a display continues between events
 * ({@link elapsedAt}).
 */
import type { DeployError, DeployEvent, Result, RunOperation, StepState } from "../contract";

export type RunPhase =
  /** No run was started. */
  | "idle"
  | "running"
  /** Asked to stop; continues to the next safe point. */
  | "stopping"
  | "finished"
  | "failed"
  /** Cancelled. */
  | "cancelled";

export type StepStatus =
  | "pending"
  /** Inspects or acts itself. */
  | "running"
  /** Waits for the platform. */
  | "waiting"
  | "done"
  | "unchanged"
  | "failed"
  | "skipped"
  /** Was in progress when the run ended. */
  | "interrupted";

/** A phase of a step: its own work, or waiting for the platform. `toMs` is open while it lasts. */
export interface Stretch {
  kind: "running" | "waiting";
  fromMs: number;
  toMs: number | null;
}

export interface StepView {
  step: string;
  title: string;
  waitsFor: readonly string[];
  status: StepStatus;
  startedMs: number | null;
  endedMs: number | null;
  stretches: readonly Stretch[];
  /** Its latest message. */
  message: string;
  /** 0 to 1, if known. */
  progress: number | null;
}

export interface LogLine {
  /** Unique within the state; displays use it as a key. */
  id: string;
  elapsedMs: number;
  step: string | null;
  status: StepStatus | "notice" | "finished" | "failed" | "plan";
  message: string;
}

export interface RunState {
  operation: RunOperation;
  appName: string;
  phase: RunPhase;
  /** The run's id, once it is known. */
  run: string | null;
  sequence: number;
  steps: readonly StepView[];
  log: readonly LogLine[];
  elapsedMs: number;
  heardAt: number;
  url: string | null;
  result: Result | null;
  error: DeployError | null;
}

export type RunAction =
  | { type: "begin"; operation: RunOperation; appName: string; at: number }
  | { type: "event"; event: DeployEvent; at: number }
  | { type: "stop" }
  | { type: "result"; result: Result; at: number }
  | { type: "error"; error: DeployError; at: number }
  | { type: "clear" };

export const IDLE: RunState = {
  operation: "create",
  appName: "",
  phase: "idle",
  run: null,
  sequence: -1,
  steps: [],
  log: [],
  elapsedMs: 0,
  heardAt: 0,
  url: null,
  result: null,
  error: null,
};

/** The error code of a cancelled run. */
const CANCELLED = "CANCELLED";

export function reduceRun(state: RunState, action: RunAction): RunState {
  switch (action.type) {
    case "begin": {
      const { operation, appName, at } = action;
      return { ...IDLE, operation, appName, phase: "running", heardAt: at };
    }
    case "event":
      return isLive(state) ? hear(state, action.event, action.at) : state;
    case "stop":
      return state.phase === "running" ? { ...state, phase: "stopping" } : state;
    case "result": {
      if (!isLive(state)) return state;
      const { result, at } = action;
      const url = "url" in result ? result.url : state.url;
      return { ...settle(state, at), phase: "finished", result, url };
    }
    case "error": {
      if (!isLive(state)) return state;
      const { error, at } = action;
      const phase = error.code === CANCELLED ? "cancelled" : "failed";
      return { ...settle(state, at), phase, error };
    }
    case "clear":
      return IDLE;
  }
}

export function isLive({ phase }: Pick<RunState, "phase">): boolean {
  return phase === "running" || phase === "stopping";
}

/** Milliseconds since the start of the run at the local time `now`. */
export function elapsedAt(state: RunState, now: number): number {
  if (!isLive(state)) return state.elapsedMs;
  return state.elapsedMs + Math.max(0, now - state.heardAt);
}

export function isActive({ status }: Pick<StepView, "status">): boolean {
  return status === "running" || status === "waiting";
}

/** Succeeded: steps that wait for it may start. */
export function isOver({ status }: Pick<StepView, "status">): boolean {
  return status === "done" || status === "unchanged";
}

/** The steps that `view` is still waiting for. */
export function blockers(view: StepView, steps: readonly StepView[]): string[] {
  return view.waitsFor.filter((name) => {
    const other = steps.find(({ step }) => step === name);
    return other !== undefined && !isOver(other);
  });
}

/** How many steps have succeeded, of how many. */
export function progressOf(steps: readonly StepView[]): { over: number; all: number } {
  return { over: steps.filter(isOver).length, all: steps.length };
}

/** How long a step has run at `elapsedMs` of the run; null before it started. */
export function durationOf(
  { startedMs, endedMs }: Pick<StepView, "startedMs" | "endedMs">,
  elapsedMs: number,
): number | null {
  return startedMs === null ? null : Math.max(0, (endedMs ?? elapsedMs) - startedMs);
}

function hear(state: RunState, event: DeployEvent, at: number): RunState {
  // A message may arrive twice over a connection.
  if (event.run === state.run && event.sequence <= state.sequence) return state;
  // A run resumed from a journal is a new run, which sends all steps again.
  const before =
    state.run !== null && state.run !== event.run ? { ...state, steps: [], elapsedMs: 0 } : state;
  const next: RunState = {
    ...before,
    run: event.run,
    sequence: event.sequence,
    elapsedMs: Math.max(before.elapsedMs, event.elapsed_ms),
    heardAt: at,
    url: event.url ?? before.url,
    log: [...before.log, logLine(event)],
  };
  if (event.kind === "plan") return { ...next, steps: planned(next.steps, event) };
  if (event.kind === "step" && event.step !== undefined && event.state !== undefined) {
    return { ...next, steps: stepped(next.steps, event.step, event.state, event) };
  }
  return next;
}

function logLine(event: DeployEvent): LogLine {
  const status = event.kind === "step" ? statusOf(event.state ?? "progress") : event.kind;
  return {
    id: `${event.run}/${event.sequence}`,
    elapsedMs: event.elapsed_ms,
    step: event.step ?? null,
    status,
    message: event.message,
  };
}

/** Events before the plan, from the inspection, stay in front of it. */
function planned(steps: readonly StepView[], event: DeployEvent): StepView[] {
  const plan = (event.steps ?? []).map(({ step, title, waits_for }): StepView => {
    const known = steps.find((view) => view.step === step) ?? fresh(step);
    return { ...known, title, waitsFor: waits_for };
  });
  const names = new Set(plan.map(({ step }) => step));
  return [...steps.filter(({ step }) => !names.has(step)), ...plan];
}

function stepped(
  steps: readonly StepView[],
  name: string,
  state: StepState,
  event: DeployEvent,
): StepView[] {
  const known = steps.some(({ step }) => step === name);
  const all = known ? steps : [...steps, fresh(name)];
  return all.map((view) => (view.step === name ? moved(view, state, event) : view));
}

function fresh(step: string): StepView {
  return {
    step,
    title: "",
    waitsFor: [],
    status: "pending",
    startedMs: null,
    endedMs: null,
    stretches: [],
    message: "",
    progress: null,
  };
}

function statusOf(state: StepState): StepStatus {
  return state === "started" || state === "progress" ? "running" : state;
}

function moved(view: StepView, state: StepState, event: DeployEvent): StepView {
  const { elapsed_ms: at, step_elapsed_ms: took, message } = event;
  if (state === "skipped") return dropped(view, at, message);
  const startedMs = view.startedMs ?? Math.max(0, at - (took ?? 0));
  const progress = event.progress ?? view.progress;
  const heard = { ...view, startedMs, message, progress };
  // A progress event doesn't say whether the step acts or waits.
  const status = state === "progress" && isActive(view) ? view.status : statusOf(state);
  if (status === "running" || status === "waiting") {
    if (view.status === status) return heard;
    const from = view.stretches.length === 0 ? startedMs : at;
    const stretches = [...closed(view.stretches, at), { kind: status, fromMs: from, toMs: null }];
    return { ...heard, status, stretches };
  }
  const endedMs = took === undefined ? at : startedMs + took;
  const stretches: readonly Stretch[] =
    view.stretches.length === 0
      ? [{ kind: "running", fromMs: startedMs, toMs: endedMs }]
      : closed(view.stretches, endedMs);
  return { ...heard, status, endedMs, stretches };
}

/** Ended because of other steps: never started, or interrupted. */
function dropped(view: StepView, at: number, message: string): StepView {
  if (view.startedMs === null) return { ...view, status: "skipped", message };
  const stretches = closed(view.stretches, at);
  return { ...view, status: "interrupted", endedMs: at, stretches };
}

function closed(stretches: readonly Stretch[], at: number): Stretch[] {
  return stretches.map((stretch) => (stretch.toMs === null ? { ...stretch, toMs: at } : stretch));
}

/** Closes what is still open at the end of the run. */
function settle(state: RunState, at: number): RunState {
  const elapsedMs = state.run === null ? 0 : elapsedAt(state, at);
  const steps = state.steps.map((view): StepView => {
    if (isActive(view)) {
      const stretches = closed(view.stretches, elapsedMs);
      return { ...view, status: "interrupted", endedMs: elapsedMs, stretches };
    }
    return view.status === "pending" ? { ...view, status: "skipped" } : view;
  });
  return { ...state, steps, elapsedMs, heardAt: at };
}
