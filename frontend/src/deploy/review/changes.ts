/** The words for a plan's changes; the same as on the command line. */
import type { FieldChange, FieldValue, Plan, ResourceChange } from "../contract";

/** What differs from the last release, although no release changed it. */
export const CHANGED_OUTSIDE = "Changed outside Tellr";

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

/** A value in words. */
export const textOf = (value: FieldValue | undefined): string =>
  value === undefined ? "none" : Array.isArray(value) ? value.join(", ") : value || '""';

/** Whether the field stays as it is now. */
export const isKept = ({ new: wanted, remote }: FieldChange): boolean =>
  textOf(wanted) === textOf(remote);

/** Why a field differs; empty if the user asked for it and nothing else is known. */
export function reasonOf(field: FieldChange): string {
  const { reason, old, remote } = field;
  switch (reason) {
    case "drifted":
      return `${CHANGED_OUTSIDE}, and ${isKept(field) ? "kept" : "set back"}; Tellr last applied ${textOf(old)}`;
    case "unknown":
      return "Not known yet";
    case "managed":
      return "Being changed by the platform";
    default:
      // What was applied isn't recorded for every field.
      return old === undefined || remote === undefined || textOf(old) === textOf(remote)
        ? ""
        : `Tellr last applied ${textOf(old)}`;
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
