import { useEffect, useState } from "react";
import type { DeployError } from "../contract";
import { useForm } from "./FormContext";
import type { FieldKey } from "./fields";

/** The delay before showing an error while typing, when a value is usually incomplete. */
const PATIENCE_MS = 600;

/**
 * The error to show at a field: after the user has left it, has stopped typing, or has tried to continue.
 * It disappears immediately when the value is corrected.
 */
export function useShownError(key: FieldKey): { error: DeployError | null; leave: () => void } {
  const { errorOf, attempted } = useForm();
  const error = errorOf(key);
  const [left, setLeft] = useState(false);
  const [lasting, setLasting] = useState(false);
  // A missing value is no error before the user has finished.
  const isMissing = error?.code === "MISSING_VALUE";
  const isWrong = error !== null && !isMissing;
  useEffect(() => {
    if (!isWrong) {
      setLasting(false);
      return;
    }
    const timer = setTimeout(() => setLasting(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isWrong]);
  const show = attempted || (isWrong && (left || lasting));
  return { error: show ? error : null, leave: () => setLeft(true) };
}
