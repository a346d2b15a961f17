import type { Arguments, Operation } from "./contract";

/** What is asked for, whole: the key and the wheel are in it, so it lives in memory only. */
export interface Request {
  operation: Operation;
  given: Arguments;
}

/** Whether something is gone afterwards, so that nobody starts it by a slip of the hand. */
export function isDestructive({ operation, given }: Request): boolean {
  return operation === "delete" || given.reset_database === true;
}
