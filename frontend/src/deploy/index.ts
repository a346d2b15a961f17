/** The deploy page as a library: for a route of the app, and for a notebook's widget. */
export type {
  Arguments,
  DeployAppProps,
  DeployerLike,
  DeploySnapshot,
  DeployStore,
  PlanOptions,
  Remembered,
  Result,
  RunOperation,
  RunOptions,
  Theme,
} from "./contract";
export { DeployApp } from "./DeployApp";
export { Frame } from "./Frame";
export { lazily } from "./lazily";
export {
  blockers,
  durationOf,
  elapsedAt,
  IDLE,
  isActive,
  isLive,
  isOver,
  type LogLine,
  progressOf,
  type RunAction,
  type RunPhase,
  type RunState,
  reduceRun,
  type StepStatus,
  type StepView,
} from "./run/runState";
export { type Axis, axisOf, place } from "./run/timeline";
export { Unavailable, whyUnavailable } from "./Unavailable";
