import { useEffect, useState } from "react";
import type { DeployError } from "../contract";
import { useForm } from "./FormContext";
import type { FieldKey } from "./fields";

/** A value that is being typed is unfinished most of the time; nobody wants to be told at each key. */
const PATIENCE_MS = 600;

/**
 * The mistake to show at a field: once somebody has left it, or has stopped typing, or has asked to go
 * on. It goes away at once when it is put right.
 */
export function useShownError(key: FieldKey): { error: DeployError | null; leave: () => void } {
  const { errorOf, attempted } = useForm();
  const error = errorOf(key);
  const [left, setLeft] = useState(false);
  const [lasting, setLasting] = useState(false);
  // Leaving out what is needed is no mistake before one is done.
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
