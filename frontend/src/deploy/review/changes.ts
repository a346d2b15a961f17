/** The words for a plan's changes; the same as on the command line. */
import type { FieldChange, FieldValue, Plan, ResourceChange } from "../contract";

type Tone = "lost" | "made" | "kept";

export const ACTIONS: Record<ResourceChange["action"], { sign: string; word: string; tone: Tone }> =
  {
    create: { sign: "+", word: "create", tone: "made" },
    update: { sign: "~", word: "update", tone: "made" },
    recreate: { sign: "-/+", word: "recreate", tone: "lost" },
    adopt: { sign: "~", word: "adopt", tone: "made" },
    no_change: { sign: "=", word: "keep", tone: "kept" },
    delete: { sign: "-", word: "delete", tone: "lost" },
  };

export const isDrifted = ({ fields }: ResourceChange): boolean =>
  fields.some(({ reason }) => reason === "drifted");

/** Resources that neither change nor were changed elsewhere are only counted. */
export const isShown = (change: ResourceChange): boolean =>
  change.action !== "no_change" || isDrifted(change);

export const nounOf = ({ resource }: ResourceChange): string =>
  resource === "key" ? "encryption key" : resource;

const text = (value: FieldValue | undefined): string =>
  value === undefined ? "none" : Array.isArray(value) ? value.join(", ") : value;

/** Why a field differs; empty if the user asked for it. */
export function reasonOf({ reason, old, new: wanted, remote }: FieldChange): string {
  switch (reason) {
    case "drifted": {
      const kept = text(wanted) === text(remote) ? "kept; " : "";
      return `${kept}changed in the workspace, ${text(old)} was applied`;
    }
    case "unknown":
      return "unknown";
    case "managed":
      return "being changed by the platform";
    default:
      return "";
  }
}

/** How many resources change. */
export function summary({ changes, empty }: Plan): string {
  const count = (...actions: ResourceChange["action"][]) =>
    changes.filter(({ action }) => actions.includes(action)).length;
  const told = [
    [count("delete"), "to delete"],
    [count("recreate"), "to recreate"],
    [count("create"), "to create"],
    [count("update", "adopt"), "to update"],
    [count("no_change"), "unchanged"],
  ]
    .filter(([number]) => number !== 0)
    .map(([number, words]) => `${number} ${words}`)
    .join(", ");
  return empty ? `No changes: ${told}` : told;
}
