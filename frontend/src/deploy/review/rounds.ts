import type { PlannedStep } from "../contract";

/** In which round each step begins, if all took equally long: 0 for those that wait for nothing. */
export function rounds(steps: readonly PlannedStep[]): Map<string, number> {
  const found = new Map<string, number>();
  // As many passes as a chain can be long; one that bites its tail ends there as well.
  for (const _ of steps) {
    for (const { step, waits_for } of steps) {
      const before = waits_for.map((name) => found.get(name) ?? 0);
      found.set(step, before.length === 0 ? 0 : Math.min(steps.length, 1 + Math.max(...before)));
    }
  }
  return found;
}
