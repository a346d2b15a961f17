import type { Action } from "./action";

export const VIEW_ACTIONS: readonly Action[] = [
  {
    id: "present",
    label: "Present",
    group: "View",
    icon: "play",
    keys: "Mod+Enter",
    otherKeys: "F5",
    whileEditing: true,
    can: ({ snapshot }) => snapshot.deck.slides.length > 0,
    run: (editor) => {
      const place = editor.snapshot.deck.slides.findIndex(
        ({ id }) => id === editor.selection.slide,
      );
      void editor.session.flush();
      editor.go(`/decks/${editor.id}/present?slide=${Math.max(0, place) + 1}`);
    },
  },
  {
    id: "assistant",
    label: "Assistant",
    group: "View",
    icon: "sparkle",
    keys: "Mod+J",
    whileEditing: true,
    can: ({ hasAssistant }) => hasAssistant,
    run: (editor) => editor.toggleAssistant(!editor.isAssistantOpen),
  },
  {
    id: "palette",
    label: "All commands",
    group: "View",
    icon: "search",
    keys: "Mod+K",
    whileEditing: true,
    run: (editor) => editor.open("palette"),
  },
  {
    id: "keys",
    label: "Keyboard shortcuts",
    group: "View",
    icon: "keyboard",
    keys: "Mod+/",
    whileEditing: true,
    run: (editor) => editor.open("keys"),
  },
];
