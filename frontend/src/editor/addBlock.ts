import { BLOCK_NAMES } from "../deck/blocks";
import type { Block } from "../deck/model";
import { insertBlock } from "./commands";
import type { Editor } from "./Editor";

/** Inserts a block after the selected one, and selects it. */
export function addBlock(editor: Editor, block: Block) {
  if (!editor.slide) return;
  const patches = insertBlock(editor.slide, block, editor.selection.block);
  if (!editor.change(`Insert ${BLOCK_NAMES[block.type].toLowerCase()}`, patches)) return;
  editor.select({ ...editor.selection, block: block.id, editing: null });
}
