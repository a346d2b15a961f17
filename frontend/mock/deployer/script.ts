/** Runs as they are told, computed ahead: what happens when, and in which words. */
import type {
  DeployError,
  DeployEvent,
  PlannedStep,
  RunOperation,
} from "../../src/deploy/contract";

export interface ScriptedStep extends PlannedStep {
  /** Its own work, before it asks the platform for something. */
  acts_ms: number;
  /** What it then waits for; nothing, where it doesn't. */
  waits?: { ms: number; message: string };
  done: string;
  unchanged?: boolean;
  fails?: DeployError;
}

export interface Script {
  operation: RunOperation;
  app_name: string;
  steps: readonly ScriptedStep[];
  notices?: readonly string[];
  finished: string;
  url?: string;
}

const PREFLIGHT_MS = 480;
export const RUN_ID = "54cded44927b5b00";
const BEGAN = Date.parse("2026-11-25T13:15:26.000Z");

type Told = Omit<DeployEvent, "run" | "sequence" | "at">;

/** All events of a run, in order, as if nothing interfered. A step that fails ends it. */
export function eventsOf(script: Script): DeployEvent[] {
  const { operation, app_name, steps, notices = [], finished, url } = script;
  const told: Told[] = [
    {
      kind: "step",
      step: "preflight",
      state: "started",
      elapsed_ms: 0,
      message: `checking what exists before the ${operation}`,
    },
    {
      kind: "step",
      step: "preflight",
      state: "unchanged",
      elapsed_ms: PREFLIGHT_MS,
      step_elapsed_ms: PREFLIGHT_MS,
      message: "nothing stands in the way",
    },
    {
      kind: "plan",
      elapsed_ms: PREFLIGHT_MS,
      message: `${operation} the app \`${app_name}\``,
      steps: steps.map(({ step, title, waits_for }) => ({ step, title, waits_for })),
    },
  ];
  const { events, failure, end } = played(steps);
  told.push(...events);
  if (failure) {
    told.push({
      kind: "failed",
      elapsed_ms: end,
      message: failure.message,
      error: failure,
      ...(failure.step ? { step: failure.step } : {}),
    });
  } else {
    for (const message of notices) told.push({ kind: "notice", elapsed_ms: end, message });
    told.push({ kind: "finished", elapsed_ms: end, message: finished, ...(url ? { url } : {}) });
  }
  return told.map((event, sequence) => ({
    run: RUN_ID,
    sequence,
    at: new Date(BEGAN + event.elapsed_ms).toISOString(),
    ...event,
  }));
}

/** The steps' events by time: each begins when all that it waits for have ended. */
function played(steps: readonly ScriptedStep[]) {
  const ends = new Map<string, number>();
  const events: Told[] = [];
  let failure: (DeployError & { at: number }) | null = null;
  for (const scripted of steps) {
    const { step, waits_for, acts_ms, waits, fails } = scripted;
    const start = Math.max(PREFLIGHT_MS, ...waits_for.map((name) => ends.get(name) ?? Infinity));
    const end = start + acts_ms + (waits?.ms ?? 0);
    ends.set(step, fails ? Infinity : end);
    if (start === Infinity) continue;
    events.push(...stepEvents(scripted, start, end));
    if (fails && (failure === null || end < failure.at)) failure = { ...fails, step, at: end };
  }
  const cut = failure?.at ?? Infinity;
  const shown = events
    .filter(({ elapsed_ms }) => elapsed_ms <= cut)
    .sort((one, other) => one.elapsed_ms - other.elapsed_ms);
  const last = shown.at(-1)?.elapsed_ms ?? PREFLIGHT_MS;
  if (failure === null) return { events: shown, failure: null, end: last + 60 };
  const { at, ...error } = failure;
  return { events: shown, failure: error, end: at };
}

function stepEvents(scripted: ScriptedStep, start: number, end: number): Told[] {
  const { step, title, acts_ms, waits, done, unchanged, fails } = scripted;
  const of = (
    elapsed_ms: number,
    state: NonNullable<DeployEvent["state"]>,
    message: string,
  ): Told => ({
    kind: "step",
    step,
    state,
    elapsed_ms,
    message,
  });
  const took = { step_elapsed_ms: end - start };
  return [
    of(start, "started", title),
    ...(waits ? [of(start + acts_ms, "waiting", waits.message)] : []),
    fails
      ? { ...of(end, "failed", fails.message), ...took, error: { ...fails, step } }
      : { ...of(end, unchanged ? "unchanged" : "done", done), ...took },
  ];
}
