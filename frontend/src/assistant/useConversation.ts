import { useSyncExternalStore } from "react";
import type { Conversation, ConversationState } from "./Conversation";

/** A part of the conversation; its component is drawn anew only when that part changes. */
export function useConversation<T>(
  conversation: Conversation,
  part: (state: ConversationState) => T,
): T {
  return useSyncExternalStore(conversation.subscribe, () => part(conversation.get()));
}
