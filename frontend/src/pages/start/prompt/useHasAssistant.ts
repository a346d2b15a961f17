import { useQuery } from "@tanstack/react-query";
import { assistant } from "../../../api/chat";
import { ApiError } from "../../../api/client";

/** Whether the server has an assistant, as far as is known; without one decks are made by hand. */
export function useHasAssistant(): boolean {
  const { data, error } = useQuery(assistant);
  return data !== undefined || !(error instanceof ApiError && error.status === 404);
}
