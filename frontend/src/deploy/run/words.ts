/** The names of steps and states, and a run's screen reader announcements. */
import type { IconName } from "../../components/Icon";
import type { RunOperation } from "../contract";
import { progressOf, type RunState, type StepStatus } from "./runState";

const STEP_NAMES: Partial<Record<string, string>> = {
  preflight: "Preflight",
  lakebase: "Database",
  app: "App",
  key: "Key",
  files: "Files",
  resources: "Resources",
  inspect: "Inspection",
  permissions: "Sharing",
  tags: "Tags",
  restore_point: "Restore point",
  schema: "Schema",
  deployment: "Deployment",
  verify: "Health check",
  remove_app: "Removal",
  branch: "Branch",
  put_back_files: "Previous files",
  put_back_settings: "Previous settings",
  put_back_deployment: "Previous release",
  put_back_check: "Health check of it",
};

/** A step's display name; an unknown step is shown by its own name. */
export function stepName(step: string): string {
  const words = step.replaceAll("_", " ");
  return STEP_NAMES[step] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

export const STATUS_WORDS: Record<StepStatus, string> = {
  pending: "pending",
  running: "running",
  waiting: "waiting for the platform",
  done: "done",
  unchanged: "unchanged",
  failed: "failed",
  skipped: "not started",
  interrupted: "interrupted",
};

/** Read-only steps: they never change anything. */
const LOOKS: ReadonlySet<string> = new Set(["preflight", "inspect", "verify", "put_back_check"]);

/** A step's state as shown: a read-only step is shown as done instead of unchanged. */
export function shownStatus(step: string, status: StepStatus): StepStatus {
  return status === "unchanged" && LOOKS.has(step) ? "done" : status;
}

export const STATUS_ICONS: Record<StepStatus, IconName> = {
  pending: "dot",
  running: "turn",
  waiting: "hourglass",
  done: "check",
  unchanged: "equal",
  failed: "cross",
  skipped: "forward",
  interrupted: "pause",
};

export const DOING: Record<RunOperation, string> = {
  create: "Deploying",
  update: "Updating",
  delete: "Deleting",
  rollback: "Rolling back",
  restore: "Restoring the data of",
};

export const DID: Record<RunOperation, string> = {
  create: "Deployed",
  update: "Updated",
  delete: "Deleted",
  rollback: "Rolled back",
  restore: "Restored the data of",
};

/** The screen reader announcement for a run's progress: one at a time, important changes only. */
export function announcement(run: RunState): string {
  switch (run.phase) {
    case "idle":
      return "";
    case "finished":
      return `${DID[run.operation]} ${run.appName}.${run.url ? ` It answers at ${run.url}` : ""}`;
    case "failed":
      return `It failed: ${run.error?.message ?? ""}`;
    case "cancelled":
      return "Cancelled.";
    case "stopping":
      return "Stopping at the next safe point.";
    case "running": {
      const { over, all } = progressOf(run.steps);
      const last = run.log.findLast(({ status }) => TOLD.has(status));
      if (!last?.step) return `${DOING[run.operation]} ${run.appName}.`;
      const word = STATUS_WORDS[shownStatus(last.step, last.status as StepStatus)];
      return `${stepName(last.step)} ${word}. ${over} of ${all} steps are done.`;
    }
  }
}

const TOLD: ReadonlySet<string> = new Set<StepStatus>(["waiting", "done", "unchanged", "failed"]);
