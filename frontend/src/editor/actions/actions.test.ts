import { describe, expect, it } from "vitest";
import { matching } from "../dialogs/matching";
import { ACTIONS } from ".";
import { matches, shown } from "./keys";

const press = (
  key: string,
  modifiers: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {},
) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...modifiers,
});

describe("the table of actions", () => {
  it("has each id once", () => {
    const ids = ACTIONS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("gives the same keys to a slide's and a block's action only", () => {
    const groups = new Map<string, string[]>();
    for (const { keys, group } of ACTIONS) {
      if (keys) groups.set(keys, [...(groups.get(keys) ?? []), group]);
    }
    for (const [keys, sharing] of groups) {
      if (sharing.length > 1) expect(sharing, keys).toEqual(["Block", "Slide"]);
    }
  });
});

describe("keys", () => {
  it("are Ctrl on a PC and ⌘ on a Mac", () => {
    expect(matches("Mod+Z", press("z", { ctrlKey: true }), false)).toBe(true);
    expect(matches("Mod+Z", press("z", { metaKey: true }), false)).toBe(false);
    expect(matches("Mod+Z", press("z", { metaKey: true }), true)).toBe(true);
    expect(matches("Mod+Z", press("Z", { ctrlKey: true, shiftKey: true }), false)).toBe(false);
    expect(matches("Mod+Shift+Z", press("Z", { ctrlKey: true, shiftKey: true }), false)).toBe(true);
    expect(matches("Delete", press("Backspace"), true)).toBe(true);
  });

  it("are shown as they are written on the keyboard", () => {
    expect(shown("Mod+Shift+Z", false)).toBe("Ctrl+Shift+Z");
    expect(shown("Mod+Shift+Z", true)).toBe("⌘⇧Z");
    expect(shown("Alt+ArrowUp", false)).toBe("Alt+↑");
  });
});

describe("what is typed in the palette", () => {
  const names = ["New slide", "Delete slide", "New slide: Chart", "Chart"];
  const find = (search: string) => matching(names, search, (name) => name);

  it("finds words by how they begin, the closest first", () => {
    expect(find("ch")).toEqual(["Chart", "New slide: Chart"]);
    expect(find("sl new")).toEqual(["New slide", "New slide: Chart"]);
    expect(find("hart")).toEqual([]);
    expect(find(" ")).toEqual(names);
  });
});
