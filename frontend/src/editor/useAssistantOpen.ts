import { useState } from "react";
import { useLocation } from "react-router";

const STORAGE_KEY = "tellr.assistant";
/** What opens an editor with the assistant beside the slides: a location's state. */
export const WITH_ASSISTANT = { assistant: true } as const;

/** Whether the assistant is open: as it was left, on a small screen only where it was asked for. */
export function useAssistantOpen() {
  const { state, key } = useLocation();
  const [isAssistantOpen, setOpen] = useState(() => {
    const isAskedFor = (state as { assistant?: boolean } | null)?.assistant === true;
    const isSmall = window.matchMedia?.("(width < 64rem)").matches ?? false;
    const left = asItWasLeft();
    // A location keeps its state when the page is loaded again; then it was answered already.
    return (isAskedFor && left !== closedAt(key)) || (!isSmall && left === "open");
  });
  const toggleAssistant = (isOpen: boolean) => {
    setOpen(isOpen);
    try {
      localStorage.setItem(STORAGE_KEY, isOpen ? "open" : closedAt(key));
    } catch {
      // Without storage it is remembered until the page is left.
    }
  };
  return { isAssistantOpen, toggleAssistant };
}

const closedAt = (key: string) => `closed ${key}`;

function asItWasLeft(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}
