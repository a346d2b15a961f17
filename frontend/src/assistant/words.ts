/** What a turn does, in words. Pure. */
import type { Stage, Turn } from "../api/chat";
import type { ShownTurn } from "./turnState";

/** The stages that a person sees, in order; `review` belongs to the outline. */
export const STEPS = ["gather", "plan", "slides", "check"] as const;

const NOW: Record<Stage, (turn: Turn) => string> = {
  gather: () => "Looking for data",
  plan: ({ kind }) => (kind === "change" ? "Planning the changes" : "Writing the outline"),
  review: () => "Waiting for your approval",
  slides: ({ slides }) => {
    const done = slides.filter(({ state }) => state === "done" || state === "failed").length;
    return slides.length > 1 ? `Writing slides, ${done} of ${slides.length}` : "Writing the slide";
  },
  check: () => "Checking the slides",
  done: () => "Finishing",
};

const NEXT: Record<Stage, (turn: Turn) => string> = {
  gather: ({ kind }) =>
    kind === null ? "Next: plan" : { create: "Next: outline", change: "Next: changes" }[kind],
  plan: () => "Next: slides",
  review: () => "Then: slides",
  slides: () => "Next: check",
  check: () => "Last step",
  done: () => "",
};

/** How many steps are complete, and whether one is in progress. */
export function stepOf(stage: Stage): number {
  if (stage === "done") return STEPS.length;
  return STEPS.indexOf(stage === "review" ? "plan" : stage);
}

export function nowOf(turn: ShownTurn): string {
  const { state, position, live } = turn;
  if (live.needsSignIn) return "Sign in again to continue";
  if (state === "queued") {
    return position !== null && position > 1
      ? `Waiting, ${ordinal(position)} in the queue`
      : "Starting";
  }
  return NOW[turn.stage](turn);
}

export function nextOf(turn: ShownTurn): string {
  if (turn.live.needsSignIn) return "";
  if (turn.state === "queued") return "Starts by itself";
  return NEXT[turn.stage](turn);
}

/** How a turn ended. */
export function endOf(turn: Turn): string {
  const time = turn.duration_ms === null ? "" : ` after ${duration(turn.duration_ms)}`;
  if (turn.state === "cancelled") return `Stopped${time}`;
  if (turn.state === "failed") return `Not finished${time}`;
  return turn.duration_ms === null ? "Done" : `Done in ${duration(turn.duration_ms)}`;
}

export function duration(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return rest === 0
    ? `${Math.floor(seconds / 60)} min`
    : `${Math.floor(seconds / 60)} min ${rest} s`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** `undefined` as long as no model was asked. */
export function usageOf({ usage }: Turn): { short: string; long: string } | undefined {
  const { prompt_tokens, completion_tokens, calls } = usage;
  const total = prompt_tokens + completion_tokens;
  if (total === 0) return undefined;
  return {
    short: count(total, "token"),
    long: `${count(prompt_tokens, "token")} read, ${count(completion_tokens, "token")} written, ${count(calls, "call")} of the model`,
  };
}

function ordinal(number: number): string {
  const teens = number % 100 >= 11 && number % 100 <= 13;
  const ending = teens ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[number % 10] ?? "th");
  return `${number}${ending}`;
}
