import type { IconName } from "../../components/Icon";
import { BLOCK_NAMES, blankBlock } from "../../deck/blocks";
import type { BlockType } from "../../deck/model";
import { addBlock } from "../addBlock";
import { duplicateBlock, shiftBlock } from "../commands";
import type { Editor } from "../Editor";
import { chooseImage, chooseReplacement } from "../images";
import { firstPart } from "../parts";
import type { Action } from "./action";

const ICONS: Record<BlockType, IconName> = {
  title: "text",
  subtitle: "text",
  text: "notes",
  bullets: "list",
  numbered: "list",
  table: "table",
  chart: "chart",
  image: "image",
  quote: "quote",
  metric: "metric",
  steps: "steps",
  callout: "callout",
  columns: "columns",
  divider: "divider",
};

/** What can be inserted, the most used first. */
const INSERTED: readonly BlockType[] = [
  "text",
  "bullets",
  "numbered",
  "chart",
  "table",
  "image",
  "metric",
  "callout",
  "quote",
  "steps",
  "title",
  "subtitle",
  "columns",
  "divider",
];

const hasBlock = (editor: Editor) => editor.block !== undefined;

export const INSERT_ACTIONS: readonly Action[] = INSERTED.map((type) => ({
  id: `insert-${type}`,
  label: BLOCK_NAMES[type],
  group: "Insert" as const,
  icon: ICONS[type],
  changes: true,
  can: (editor) => editor.slide !== undefined,
  run: (editor) => {
    if (type === "image") chooseImage(editor);
    else addBlock(editor, blankBlock(type));
  },
}));

export const BLOCK_ACTIONS: readonly Action[] = [
  {
    id: "edit-block",
    label: "Edit text",
    group: "Block",
    icon: "text",
    keys: "Enter",
    changes: true,
    can: ({ block }) => block !== undefined && firstPart(block) !== undefined,
    run: (editor) => {
      const part = editor.block && firstPart(editor.block);
      if (!editor.block || !part) return;
      editor.select({ ...editor.selection, editing: { block: editor.block.id, part } });
    },
  },
  {
    id: "replace-image",
    label: "Replace image",
    group: "Block",
    icon: "image",
    changes: true,
    can: ({ block }) => block?.type === "image",
    run: (editor) => {
      if (editor.block?.type === "image") chooseReplacement(editor, editor.block);
    },
  },
  {
    id: "duplicate-block",
    label: "Duplicate block",
    group: "Block",
    icon: "copy",
    keys: "Mod+D",
    changes: true,
    can: hasBlock,
    run: (editor) => {
      if (!editor.slide || !editor.block) return;
      const { patches, copy } = duplicateBlock(editor.slide, editor.block);
      if (!editor.change("Duplicate block", patches)) return;
      editor.select({ ...editor.selection, block: copy, editing: null });
    },
  },
  {
    id: "delete-block",
    label: "Delete block",
    group: "Block",
    icon: "bin",
    keys: "Delete",
    changes: true,
    can: hasBlock,
    run: (editor) => {
      const { block } = editor.selection;
      if (!block || !editor.change("Delete block", [{ op: "remove_block", block }])) return;
      editor.select({ ...editor.selection, block: null, editing: null });
      editor.announce("Block deleted");
    },
  },
  {
    id: "move-block-up",
    label: "Move block up",
    group: "Block",
    icon: "up",
    keys: "Alt+ArrowUp",
    changes: true,
    can: hasBlock,
    run: (editor) => shift(editor, -1),
  },
  {
    id: "move-block-down",
    label: "Move block down",
    group: "Block",
    icon: "downward",
    keys: "Alt+ArrowDown",
    changes: true,
    can: hasBlock,
    run: (editor) => shift(editor, 1),
  },
  {
    id: "select-slide",
    label: "Select the slide",
    group: "Block",
    keys: "Escape",
    can: hasBlock,
    run: (editor) => editor.select({ ...editor.selection, block: null, editing: null }),
  },
];

function shift(editor: Editor, by: -1 | 1) {
  if (!editor.slide || !editor.block) return;
  const patches = shiftBlock(editor.slide, editor.block.id, by);
  if (patches.length > 0 && editor.change("Move block", patches)) {
    editor.announce(by < 0 ? "Moved up" : "Moved down");
  }
}
