import type { IconName } from "../../components/Icon";
import type { Editor } from "../Editor";

/** Something that can be done in the editor. Menus, keys and the palette all come from one table of these. */
export interface Action {
  id: string;
  label: string;
  group: "Deck" | "Slide" | "Block" | "Insert" | "View";
  icon?: IconName;
  /** As in `Mod+Shift+Z`; `Mod` is Ctrl, on a Mac ⌘. */
  keys?: string;
  /** Other keys for the same, not shown. */
  otherKeys?: string;
  /** Also while a text is being edited; otherwise the keys belong to the text. */
  whileEditing?: boolean;
  /** Whether it changes the deck; then it isn't there for viewers. */
  changes?: boolean;
  /** Whether it can be done now; absent: always. */
  can?: (editor: Editor) => boolean;
  run: (editor: Editor) => void;
}

export function isEnabled(action: Action, editor: Editor): boolean {
  return (!action.changes || editor.canEdit) && (action.can?.(editor) ?? true);
}
