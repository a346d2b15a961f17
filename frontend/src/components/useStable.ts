import { useCallback, useLayoutEffect, useRef } from "react";

/** A function that stays the same and does what the last rendered one does: children needn't render anew. */
export function useStable<A extends unknown[], R>(made: (...args: A) => R): (...args: A) => R {
  const last = useRef(made);
  useLayoutEffect(() => {
    last.current = made;
  });
  return useCallback((...args: A) => last.current(...args), []);
}
