/** What the keys do in an item of a list: new items and one. Pure. */
import type { Item } from "../deck/model";

export interface Edited {
  items: Item[];
  /** The item that is edited then, and where its caret is. */
  index: number;
  caret: number;
}

/** Enter: what follows the caret becomes an item of its own. An empty item of the second level moves up. */
export function split(items: readonly Item[], index: number, caret: number): Edited {
  const item = items[index] ?? { text: "" };
  if (item.text === "" && item.level === 2) {
    return { items: items.with(index, { text: "" }), index, caret: 0 };
  }
  const [before, after] = [item.text.slice(0, caret), item.text.slice(caret)];
  const both = [
    { ...item, text: before.trimEnd() },
    { ...item, text: after.trimStart() },
  ];
  return { items: items.toSpliced(index, 1, ...both), index: index + 1, caret: 0 };
}

/** Backspace at the start: to the first level, then into the item before. */
export function joined(items: readonly Item[], index: number): Edited | null {
  const item = items[index];
  const before = items[index - 1];
  if (!item) return null;
  if (item.level === 2) {
    return { items: items.with(index, { text: item.text }), index, caret: 0 };
  }
  if (!before) return null;
  const together = { ...before, text: before.text + item.text };
  return {
    items: items.toSpliced(index - 1, 2, together),
    index: index - 1,
    caret: before.text.length,
  };
}

/** Tab and Shift+Tab. */
export function levelled(
  items: readonly Item[],
  index: number,
  level: 1 | 2,
  caret: number,
): Edited {
  const { text = "" } = items[index] ?? {};
  const item = level === 2 ? { text, level } : { text };
  return { items: items.with(index, item), index, caret };
}
