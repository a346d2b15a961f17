import { useCallback, useState } from "react";

const keyOf = (place: string) => `tellr.draft.${place}`;

/** A message that isn't sent yet. It outlives a reload and a new sign-in, in this window. */
export function useDraft(place: string) {
  const [message, set] = useState(() => read(place));
  const setMessage = useCallback(
    (next: string) => {
      set(next);
      try {
        if (next === "") sessionStorage.removeItem(keyOf(place));
        else sessionStorage.setItem(keyOf(place), next);
      } catch {
        // Without storage it lasts as long as the page.
      }
    },
    [place],
  );
  return [message, setMessage] as const;
}

function read(place: string): string {
  try {
    return sessionStorage.getItem(keyOf(place)) ?? "";
  } catch {
    return "";
  }
}
