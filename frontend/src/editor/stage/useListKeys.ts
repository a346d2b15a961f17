import { type KeyboardEvent, type RefObject, useEffect } from "react";
import type { Block, Item } from "../../deck/model";
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
    if (part.kind !== "item" || !("items" in block) || !field.current) return false;
    const done = pressed(event, block.items, part.index, field.current);
    if (typeof done === "number") go(done);
    else if (done) make(done);
    return done !== null;
  };
}

/** What a key does: a change, another item to go to, or nothing. */
function pressed(
  { key, shiftKey }: KeyboardEvent,
  items: readonly Item[],
  index: number,
  { selectionStart: start, selectionEnd: end, value }: HTMLTextAreaElement,
): Edited | number | null {
  switch (key) {
    case "Enter":
      return shiftKey ? null : split(items, index, start);
    case "Tab":
      return levelled(items, index, shiftKey ? 1 : 2, start);
    case "Backspace":
      return start === 0 && end === 0 ? joined(items, index) : null;
    case "ArrowUp":
      return start === 0 && index > 0 ? index - 1 : null;
    case "ArrowDown":
      return start === value.length && index < items.length - 1 ? index + 1 : null;
    default:
      return null;
  }
}
