/** Changes that the server doesn't have yet. Pure. */
import type { Patch } from "../deck/patch";

/** The server takes no more at once. */
const MOST_AT_ONCE = 100;

/** Adds patches; one that only sets again what the last one set takes its place. */
export function queued(queue: readonly Patch[], patches: readonly Patch[]): Patch[] {
  const next = [...queue];
  for (const patch of patches) {
    const last = next.at(-1);
    if (last && target(last) !== null && target(last) === target(patch))
      next[next.length - 1] = patch;
    else next.push(patch);
  }
  return next;
}

/** The patches of the next request, and those that wait. */
export function batch(queue: readonly Patch[]): { now: Patch[]; later: Patch[] } {
  return { now: queue.slice(0, MOST_AT_ONCE), later: queue.slice(MOST_AT_ONCE) };
}

/** What a patch sets as a whole; `null` if the order of several matters. */
function target(patch: Patch): string | null {
  switch (patch.op) {
    case "set_field":
      return `field ${patch.block} ${Object.keys(patch.field)[0]}`;
    case "set_cell":
      return `cell ${patch.block} ${patch.row} ${patch.column}`;
    case "set_series":
      return `series ${patch.block} ${patch.series.id}`;
    case "set_block":
      return `block ${patch.block.id}`;
    case "set_layout":
    case "set_notes":
    case "set_sources":
      return `${patch.op} ${patch.slide}`;
    case "set_theme":
    case "set_title":
    case "set_language":
      return patch.op;
    default:
      return null;
  }
}
