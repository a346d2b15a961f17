import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useNavigate } from "react-router";
import type { Session } from "../api/sessions";
import { readDeck, sendPatches, session as sessionQuery } from "../api/sessions";
import { Conversation, type ConversationState } from "../assistant/Conversation";
import { isActive } from "../assistant/turnState";
import { useConversation } from "../assistant/useConversation";
import { useStable } from "../components/useStable";
import { blockOf, isBlank, slideOf } from "../deck/find";
import type { Patch } from "../deck/patch";
import type { Engine } from "../engine/engine";
import { DeckSession } from "./DeckSession";
import type { Editor, Panel } from "./Editor";
import { onSlide, type Selection, within } from "./selection";
import { useAssistantOpen } from "./useAssistantOpen";

export interface Opened {
  session: Session;
  engine: Engine;
}

/** A browser lets no larger request outlive its page. */
const MOST_KEPT_ALIVE = 60_000;

export function useEditorState({ session: opened, engine }: Opened): {
  editor: Editor;
  announcement: string;
  /** The sources whose tables are shown; `null`: none. */
  sources: readonly string[] | null;
} {
  const { id, role, owner, deck, version } = opened;
  const canEdit = role !== "viewer";
  const [session] = useState(() => {
    const server = {
      send: (at: number, patches: readonly Patch[], leaving: boolean) => {
        const isSmall = JSON.stringify(patches).length < MOST_KEPT_ALIVE;
        return sendPatches(id, at, patches, { keepalive: leaving && isSmall });
      },
      read: () => readDeck(id),
    };
    return new DeckSession(engine, server, { deck, version }, canEdit);
  });
  const snapshot = useSyncExternalStore(session.subscribe, session.get);
  const [chosen, setChosen] = useState<Selection>(() => onSlide(deck.slides[0]?.id ?? null));
  // Slides of a new deck are written in any order; until one is chosen, the first one there is shown.
  const [showsFirst, setShowsFirst] = useState(() => isBlank(deck));
  const select = useStable((next: Selection) => {
    setShowsFirst(false);
    setChosen(next);
  });
  const [panel, open] = useState<Panel>(null);
  const [announcement, announce] = useState("");
  const navigate = useNavigate();
  const client = useQueryClient();
  const change = useStable((label: string, patches: readonly Patch[], merge?: string) =>
    session.change(patches, merge === undefined ? { label } : { label, merge }),
  );

  const [conversation] = useState(() => new Conversation(id, (at) => void session.catchUp(at)));
  useEffect(() => {
    void conversation.open();
    return () => conversation.close();
  }, [conversation]);
  const isWorking = useConversation(
    conversation,
    ({ turns }) => turns?.some((turn) => isActive(turn)) ?? false,
  );
  useEffect(() => session.follow(isWorking), [session, isWorking]);
  // As long as nothing else is known, so that the bar doesn't change later.
  const hasAssistant = useConversation(conversation, isThere) && canEdit;
  const { isAssistantOpen, toggleAssistant } = useAssistantOpen();
  const [sources, showSources] = useState<readonly string[] | null>(null);

  // What was selected may be gone: deleted by an undo, or in a deck that was loaded.
  const [before, setBefore] = useState(snapshot.deck);
  const first = snapshot.deck.slides[0]?.id ?? null;
  const selection =
    showsFirst && chosen.slide !== first ? onSlide(first) : within(chosen, snapshot.deck, before);
  if (before !== snapshot.deck) setBefore(snapshot.deck);
  if (selection !== chosen) setChosen(selection);

  const slide = slideOf(snapshot.deck, selection.slide);
  const block = slide && blockOf(slide, selection.block);
  const go = (address: string) => {
    // The presentation shows the deck as it is now, not as it was opened.
    const { deck: edited, version: saved } = session.get();
    client.setQueryData(
      sessionQuery(id).queryKey,
      (before) => before && { ...before, deck: edited, version: saved },
    );
    void navigate(address);
  };
  const editor: Editor = {
    id,
    role,
    owner,
    engine,
    session,
    snapshot,
    selection,
    slide,
    block,
    panel,
    canEdit,
    conversation,
    hasAssistant,
    isAssistantOpen: isAssistantOpen && hasAssistant,
    select,
    open,
    change,
    announce,
    go,
    toggleAssistant,
    showSources: (ids) => showSources(ids.length > 0 ? ids : null),
  };
  return { editor, announcement, sources };
}

/** Whether the server knows of conversations. */
function isThere({ problem }: ConversationState): boolean {
  return problem?.status !== 404;
}
