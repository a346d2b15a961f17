import { type KeyboardEvent, type RefObject, useEffect } from "react";
import type { Block } from "../../deck/model";
import type { Part, Place } from "../../slides/display";
import { useEditor } from "../Editor";
import { type Edited, joined, levelled, split } from "../listItems";

/** Where the caret goes in the field that is opened next. */
let nextCaret: number | null = null;

/** Enter, Backspace, Tab and the arrows in the items of a list. */
export function useListKeys(
  field: RefObject<HTMLTextAreaElement | null>,
  place: Place,
  part: Part,
): (event: KeyboardEvent, block: Block) => boolean {
  const editor = useEditor();

  useEffect(() => {
    const caret = nextCaret;
    nextCaret = null;
    if (caret !== null) field.current?.setSelectionRange(caret, caret);
  }, [field]);

  const go = (index: number) => {
    editor.select({
      ...editor.selection,
      editing: { block: place.block, part: { kind: "item", index } },
    });
  };
  const make = ({ items, index, caret }: Edited) => {
    if (!editor.change("Edit list", [{ op: "set_field", block: place.block, field: { items } }]))
      return;
    if (part.kind === "item" && index === part.index) {
      // The same field stays; its text is set by then.
      requestAnimationFrame(() => field.current?.setSelectionRange(caret, caret));
    } else {
      nextCaret = caret;
      go(index);
    }
  };

  return (event, block) => {
    if (part.kind !== "item" || !("items" in block)) return false;
    const { selectionStart: start = 0, selectionEnd: end = 0, value = "" } = field.current ?? {};
    const { items } = block;
    if (event.key === "Enter" && !event.shiftKey) make(split(items, part.index, start));
    else if (event.key === "Tab") {
      make(levelled(items, part.index, event.shiftKey ? 1 : 2, start));
    } else if (event.key === "Backspace" && start === 0 && end === 0) {
      const edited = joined(items, part.index);
      if (!edited) return false;
      make(edited);
    } else if (event.key === "ArrowUp" && start === 0 && part.index > 0) go(part.index - 1);
    else if (event.key === "ArrowDown" && start === value.length && part.index < items.length - 1) {
      go(part.index + 1);
    } else return false;
    return true;
  };
}
