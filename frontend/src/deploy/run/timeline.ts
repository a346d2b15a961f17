/** Positions on the time axis: milliseconds of a run as fractions of its width. */
import { wholeSeconds } from "./duration";

export interface Tick {
  /** 0 to 1. */
  at: number;
  label: string;
}

export interface Axis {
  spanMs: number;
  ticks: readonly Tick[];
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** The steps in which the axis grows during a run, so that it is not rescaled at every tick. */
const SPANS = [5, 10, 20, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 2700, 3600].map(
  (seconds) => seconds * SECOND,
);
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900].map(
  (seconds) => seconds * SECOND,
);
const MOST_TICKS = 6;

/** The axis of a run that has lasted `elapsedMs` so far; `live` leaves it room to grow. */
export function axisOf(elapsedMs: number, live: boolean): Axis {
  const spanMs = live ? spanFor(elapsedMs) : Math.max(elapsedMs, SECOND / 2);
  const step = STEPS.find((candidate) => spanMs / candidate <= MOST_TICKS) ?? spanMs;
  const count = Math.floor(spanMs / step + 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_, index) => index * step).map((ms) => ({
    at: ms / spanMs,
    label: tickLabel(ms, step),
  }));
  return { spanMs, ticks };
}

function spanFor(elapsedMs: number): number {
  // Some space ahead, or the newest bar would always touch the edge.
  const wanted = elapsedMs * 1.04;
  const hour = 60 * MINUTE;
  return SPANS.find((span) => span >= wanted) ?? Math.ceil(wanted / hour) * hour;
}

function tickLabel(milliseconds: number, step: number): string {
  if (milliseconds === 0) return "0";
  if (step < SECOND) return `${(milliseconds / SECOND).toFixed(1)} s`;
  if (milliseconds >= MINUTE && milliseconds % MINUTE === 0) return `${milliseconds / MINUTE} min`;
  return wholeSeconds(milliseconds);
}

/** The part of the axis from `fromMs` to `toMs`, as left edge and width, each 0 to 1. */
export function place(fromMs: number, toMs: number, { spanMs }: Axis): [number, number] {
  const left = clamp(fromMs / spanMs);
  return [left, Math.max(0, clamp(toMs / spanMs) - left)];
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
