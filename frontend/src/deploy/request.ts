import type { Arguments, Operation } from "./contract";

/** A complete request, including the key and the wheel, so it is kept in memory only. */
export interface Request {
  operation: Operation;
  given: Arguments;
}

/** Whether something is deleted, so that a confirmation is needed. */
export function isDestructive({ operation, given }: Request): boolean {
  return operation === "delete" || given.reset_database === true;
}
