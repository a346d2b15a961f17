import type { Arguments, KeptBranch, Operation, RunOperation } from "./contract";

/** A complete request, including the key and the wheel, so it is kept in memory only. */
export interface Request {
  operation: RunOperation;
  given: Arguments;
  /** With a rollback, which brings back no data: the branches that the data can be restored from. */
  offered?: readonly KeptBranch[];
}

/** Whether data is deleted, or no longer shown, so that a confirmation is needed. */
export function isDestructive({ operation, given }: Request): boolean {
  return operation === "delete" || operation === "restore" || given.reset_database === true;
}

/** Whether an operation is one of the form's. */
export function isOfForm(operation: RunOperation): operation is Operation {
  return operation !== "rollback" && operation !== "restore";
}
