/** Undo and redo: stacks of patches that take a step back. Pure. */
import type { Patch } from "../deck/patch";

export interface Step {
  /** What was done, as in "Delete slide". */
  label: string;
  /** Applied in order, they undo (or redo) the step. */
  patches: Patch[];
  /** Steps in a row with the same key are one: typing in one field. */
  merge: string | null;
}

export interface History {
  undo: readonly Step[];
  redo: readonly Step[];
}

export const NO_HISTORY: History = { undo: [], redo: [] };
/** More are forgotten, the oldest first. */
const MOST = 200;

export function done(history: History, step: Step): History {
  const last = history.undo.at(-1);
  if (last && step.merge !== null && last.merge === step.merge) {
    // What was before the first of the merged steps is what undo goes back to.
    const merged = { ...last, patches: [...step.patches, ...last.patches] };
    return { undo: [...history.undo.slice(0, -1), merged], redo: [] };
  }
  return { undo: [...history.undo, step].slice(-MOST), redo: [] };
}

/** Ends a run of merged steps: the next one stands by itself. */
export function settled(history: History): History {
  const last = history.undo.at(-1);
  if (!last || last.merge === null) return history;
  return { ...history, undo: [...history.undo.slice(0, -1), { ...last, merge: null }] };
}
