import { within } from "../selection";
import type { Action } from "./action";

export const DECK_ACTIONS: readonly Action[] = [
  {
    id: "undo",
    label: "Undo",
    group: "Deck",
    icon: "undo",
    keys: "Mod+Z",
    whileEditing: true,
    changes: true,
    can: ({ snapshot }) => snapshot.history.undo.length > 0,
    run: (editor) => {
      const before = editor.session.get().deck;
      const step = editor.session.undo();
      if (step) editor.announce(`Undone: ${step.label}`);
      editor.select(within(editor.selection, editor.session.get().deck, before));
    },
  },
  {
    id: "redo",
    label: "Redo",
    group: "Deck",
    icon: "redo",
    keys: "Mod+Shift+Z",
    otherKeys: "Mod+Y",
    whileEditing: true,
    changes: true,
    can: ({ snapshot }) => snapshot.history.redo.length > 0,
    run: (editor) => {
      const before = editor.session.get().deck;
      const step = editor.session.redo();
      if (step) editor.announce(`Redone: ${step.label}`);
      editor.select(within(editor.selection, editor.session.get().deck, before));
    },
  },
  {
    id: "save",
    label: "Create a save point",
    group: "Deck",
    icon: "history",
    keys: "Mod+S",
    whileEditing: true,
    changes: true,
    run: (editor) => editor.open("history"),
  },
  {
    id: "history",
    label: "History",
    group: "Deck",
    icon: "history",
    keys: "Mod+Alt+H",
    run: (editor) => editor.open("history"),
  },
  {
    id: "share",
    label: "Share",
    group: "Deck",
    icon: "share",
    run: (editor) => editor.open("share"),
  },
  {
    id: "theme",
    label: "Change theme",
    group: "Deck",
    icon: "palette",
    keys: "Mod+Alt+T",
    changes: true,
    run: (editor) => editor.open("themes"),
  },
  {
    id: "export",
    label: "Export",
    group: "Deck",
    icon: "download",
    keys: "Mod+Shift+E",
    whileEditing: true,
    run: (editor) => editor.open("export"),
  },
  {
    id: "home",
    label: "All decks",
    group: "Deck",
    icon: "home",
    run: (editor) => editor.go("/"),
  },
];
