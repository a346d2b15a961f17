/** What the editor's parts share: the deck, what is selected, and what can be done with both. */
import { createContext, useContext } from "react";
import type { Person } from "../api/sessions";
import type { Conversation } from "../assistant/Conversation";
import type { Block, Slide } from "../deck/model";
import type { Patch } from "../deck/patch";
import type { Engine } from "../engine/engine";
import type { DeckSession, Snapshot } from "./DeckSession";
import type { Selection } from "./selection";

/** What is open beside or over the slide. */
export type Panel =
  | "palette"
  | "keys"
  | "history"
  | "share"
  | "export"
  | "layouts"
  | "themes"
  | null;

export interface Editor {
  readonly id: string;
  readonly role: "owner" | "editor" | "viewer";
  readonly owner: Person;
  readonly engine: Engine;
  readonly session: DeckSession;
  readonly snapshot: Snapshot;
  readonly selection: Selection;
  /** The slide on the stage; `undefined` in a deck without slides. */
  readonly slide: Slide | undefined;
  /** The selected block. */
  readonly block: Block | undefined;
  readonly panel: Panel;
  readonly canEdit: boolean;
  readonly conversation: Conversation;
  /** Whether the server has an assistant that the person may ask about this deck. */
  readonly hasAssistant: boolean;
  readonly isAssistantOpen: boolean;
  select(next: Selection): void;
  open(panel: Panel): void;
  change(label: string, patches: readonly Patch[], merge?: string): boolean;
  /** Says something to screen readers. */
  announce(message: string): void;
  go(address: string): void;
  toggleAssistant(isOpen: boolean): void;
  /** Shows the tables behind numbers, by the ids of stored sources. */
  showSources(ids: readonly string[]): void;
}

export const EditorContext = createContext<Editor | null>(null);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("useEditor is used inside an editor");
  return editor;
}
