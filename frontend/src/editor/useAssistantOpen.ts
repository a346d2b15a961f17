import { useState } from "react";
import { useLocation } from "react-router";

const STORAGE_KEY = "tellr.assistant";
/** What opens an editor with the assistant beside the slides: a location's state. */
export const WITH_ASSISTANT = { assistant: true } as const;

/** Whether the assistant is open: as it was left, on a small screen only where it was asked for. */
export function useAssistantOpen() {
  const { state } = useLocation();
  const [isAssistantOpen, setOpen] = useState(() => {
    const isAskedFor = (state as { assistant?: boolean } | null)?.assistant === true;
    const isSmall = window.matchMedia?.("(width < 64rem)").matches ?? false;
    return isAskedFor || (!isSmall && wasOpen());
  });
  const toggleAssistant = (isOpen: boolean) => {
    setOpen(isOpen);
    try {
      localStorage.setItem(STORAGE_KEY, isOpen ? "open" : "closed");
    } catch {
      // Without storage it is remembered until the page is left.
    }
  };
  return { isAssistantOpen, toggleAssistant };
}

function wasOpen(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) === "open";
  } catch {
    return false;
  }
}
