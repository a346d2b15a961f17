import type { PlannedStep } from "../contract";

/** The round in which each step starts, if all took equally long: 0 for those without dependencies. */
export function rounds(steps: readonly PlannedStep[]): Map<string, number> {
  const found = new Map<string, number>();
  // As many passes as the longest possible chain; this also ends for cyclic dependencies.
  for (const _ of steps) {
    for (const { step, waits_for } of steps) {
      const before = waits_for.map((name) => found.get(name) ?? 0);
      found.set(step, before.length === 0 ? 0 : Math.min(steps.length, 1 + Math.max(...before)));
    }
  }
  return found;
}
