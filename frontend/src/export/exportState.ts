/** An export as it is shown, and what the events of its job make of it. Pure. */
import * as v from "valibot";
import { type Choice, type ExportJob, type Result, resultSchema } from "../api/exports";
import type { JobEvent } from "../api/jobEvents";

export type Phase =
  /** Unsaved changes go to the server first. */
  | "saving"
  | "queued"
  | "running"
  /** Google has to be connected again; the job goes on by itself then. */
  | "waiting"
  | "done"
  | "failed"
  | "cancelled"
  /** The file isn't kept any more. */
  | "expired";

export interface Problem {
  message: string;
  /** As the client has it: `unreachable`, `unsaved`, the server's own; `job` for a job that failed. */
  code: string;
  status: number | null;
}

export interface Export {
  /** The deck's session. */
  session: string;
  choice: Choice;
  /** `null` until the server has taken it. */
  job: string | null;
  phase: Phase;
  /** 0 to 100. */
  percent: number;
  /** How many slides the deck had when it was asked for. */
  slides: number;
  result: Result | null;
  problem: Problem | null;
  /** Why the job waits. */
  waiting: string;
  lastEvent: number;
  /** Whether its end was seen in the dialog. */
  isSeen: boolean;
  /** Whether cancelling was asked for. */
  isCancelling: boolean;
}

export function begun(session: string, choice: Choice, slides: number): Export {
  return {
    session,
    choice,
    job: null,
    phase: "saving",
    percent: 0,
    slides,
    result: null,
    problem: null,
    waiting: "",
    lastEvent: 0,
    isSeen: false,
    isCancelling: false,
  };
}

const ACTIVE: readonly Phase[] = ["saving", "queued", "running", "waiting"];

export const isActive = ({ phase }: Export) => ACTIVE.includes(phase);

const progressSchema = v.object({ percent: v.number() });
const waitingSchema = v.object({ message: v.optional(v.string(), "") });
const endedSchema = v.object({ result: v.optional(v.unknown()), error: v.optional(v.string()) });

/** What an event makes of an export. One from before, or one that isn't understood, changes nothing. */
export function applied(before: Export, { id, kind, body }: JobEvent): Export {
  if (id <= before.lastEvent || !isActive(before)) return before;
  const next = { ...before, lastEvent: id };
  switch (kind) {
    case "queued":
    case "retried":
    case "interrupted":
      return { ...next, phase: "queued" };
    case "started":
      // One that waited for Google looks whether it is connected.
      if (next.phase === "waiting") return next;
      return { ...next, phase: "running", percent: 0 };
    case "progress": {
      const told = v.safeParse(progressSchema, body);
      const percent = told.success ? clamped(told.output.percent) : next.percent;
      return { ...next, phase: "running", percent, waiting: "" };
    }
    case "waiting_for_google": {
      const told = v.safeParse(waitingSchema, body);
      return { ...next, phase: "waiting", waiting: told.success ? told.output.message : "" };
    }
    case "succeeded":
    case "failed":
    case "cancelled": {
      const told = v.safeParse(endedSchema, body);
      const { result, error } = told.success ? told.output : {};
      return ended(next, { state: kind, result, error: error ?? null });
    }
    default:
      // What the queue tells of a job that waits, `snoozed`, ends no wait.
      return next;
  }
}

/** How its job stands, as the server has it. */
export function ended(before: Export, { state, result, error }: ExportJob): Export {
  if (state === "cancelled") return { ...before, phase: "cancelled", problem: null };
  if (state === "failed") {
    return failed(before, { message: error ?? "", code: "job", status: null });
  }
  if (state !== "succeeded") return before;
  const read = v.safeParse(resultSchema, result);
  if (!read.success) {
    const message = "Tellr's server gave an answer this page doesn't understand.";
    return failed(before, { message, code: "unexpected_answer", status: null });
  }
  return { ...before, phase: "done", percent: 100, result: read.output, problem: null };
}

export function failed(before: Export, problem: Problem): Export {
  return { ...before, phase: "failed", problem, isCancelling: false };
}

function clamped(percent: number): number {
  return Number.isFinite(percent) ? Math.min(100, Math.max(0, percent)) : 0;
}
