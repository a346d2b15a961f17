/** The words for releases. */
import type { Release, RunOperation } from "../contract";

export const STATES: Record<Release["state"], { word: string; isWell: boolean }> = {
  deploying: { word: "Did not end", isWell: false },
  healthy: { word: "Healthy", isWell: true },
  unchecked: { word: "Runs, not checked", isWell: true },
  failed: { word: "Failed", isWell: false },
};

const MADE_BY: Record<RunOperation, string> = {
  create: "Deployed",
  update: "Updated",
  delete: "Deleted",
  rollback: "Rolled back",
  restore: "Data restored",
};

/** How the release was made. */
export function madeBy({ operation, returned_to }: Release): string {
  const to = returned_to === undefined ? "" : ` to release ${returned_to}`;
  return `${MADE_BY[operation]}${to}`;
}

/** What the release deployed. */
export function versionOf({ package: name, version, runs }: Release): string {
  const known = runs ?? version ?? "newest version";
  return name === "tellr-app" ? known : `${name} ${known}`;
}

/**
 * Why the app can't go back to the release; empty if it can, as far as its record tells. The plan of the
 * rollback checks the rest.
 */
export function obstacle({ state, files }: Release): string {
  if (!STATES[state].isWell) return "The app never ran in this release.";
  return files.some(({ removed }) => removed)
    ? "It can’t be deployed again: its wheel was removed from the app’s folder."
    : "";
}
