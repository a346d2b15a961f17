import { Prose } from "../../components/Prose";
import { sentence } from "../form/Field";
import { Chart, type ChartBar, type ChartRow } from "./Chart";
import { shortDuration, wholeSeconds } from "./duration";
import {
  blockers,
  durationOf,
  elapsedAt,
  isActive,
  isLive,
  isOver,
  type RunState,
  type StepStatus,
  type StepView,
} from "./runState";
import { type Axis, axisOf, place } from "./timeline";
import { useNow } from "./useNow";
import { STATUS_ICONS, STATUS_WORDS, shownStatus, stepName } from "./words";

/** A run's steps on a common time axis, growing while it runs. */
export function Timeline({ run }: { run: RunState }) {
  const live = isLive(run);
  const elapsedMs = elapsedAt(run, useNow(live));
  const axis = axisOf(elapsedMs, live);
  return (
    <Chart
      label="Steps"
      rows={run.steps.map((view) => rowOf(view, run.steps, axis, elapsedMs))}
      ticks={axis.ticks}
      now={live ? place(0, elapsedMs, axis)[1] : null}
    />
  );
}

const TONES: Record<StepStatus, ChartRow["tone"]> = {
  pending: "quiet",
  running: "live",
  waiting: "live",
  done: "good",
  unchanged: "good",
  failed: "bad",
  skipped: "quiet",
  interrupted: "warn",
};

function rowOf(
  view: StepView,
  steps: readonly StepView[],
  axis: Axis,
  elapsedMs: number,
): ChartRow {
  const duration = durationOf(view, elapsedMs);
  const status = shownStatus(view.step, view.status);
  return {
    key: view.step,
    name: stepName(view.step),
    icon: STATUS_ICONS[status],
    tone: TONES[status],
    turning: view.status === "running",
    word: STATUS_WORDS[status],
    note: <Prose text={noteOf(view, steps)} />,
    bars: view.stretches.map((stretch, index): ChartBar => {
      const isLast = index === view.stretches.length - 1;
      return {
        key: `${stretch.kind}-${stretch.fromMs}`,
        place: place(stretch.fromMs, stretch.toMs ?? elapsedMs, axis),
        kind: kindOf(status, stretch.kind, isLast),
      };
    }),
    end: duration === null ? null : format(duration, view),
  };
}

function format(duration: number, view: StepView): string {
  return isActive(view) ? wholeSeconds(duration) : shortDuration(duration);
}

function kindOf(
  status: StepStatus,
  stretch: "running" | "waiting",
  isLast: boolean,
): ChartBar["kind"] {
  if (isLast && (status === "failed" || status === "interrupted")) return status;
  if (status === "unchanged") return "unchanged";
  return stretch;
}

/** The step's message; before the first one, the steps that it waits for. */
function noteOf(view: StepView, steps: readonly StepView[]): string {
  if (isActive(view) || isOver(view)) return capital(view.message || view.title);
  const waitsFor = blockers(view, steps);
  if (view.status === "pending" && waitsFor.length > 0) {
    return `Waits for ${waitsFor.map(stepName).join(", ")}`;
  }
  if (view.status === "failed") return sentence(capital(view.message));
  return capital(view.title || view.message);
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
