import { describe, expect, it } from "vitest";
import type { Block } from "../deck/model";
import { joined, levelled, split } from "./listItems";
import { cellOf, firstPart, nextPart, numberOf, textOf, write } from "./parts";

const steps: Block = { type: "steps", id: "b", kind: "process", steps: [{ title: "One" }] };

describe("a number as people type it", () => {
  it.each([
    ["3", 3],
    ["-3.5", -3.5],
    ["−3,5", -3.5],
    ["1,234", 1_234],
    ["1 234.5", 1_234.5],
    ["1,234,567", 1_234_567],
    [".5", 0.5],
    ["0.1", 0.1],
  ])("%s is %d", (text, number) => {
    expect(numberOf(text)).toBe(number);
  });

  it.each(["", "-", "3 %", "Q3", "1e99", "NaN", "0x10", "1.2.3"])("%s is none", (text) => {
    expect(numberOf(text)).toBeNull();
  });

  it("stands in a cell as a number, and nothing as nothing", () => {
    expect([cellOf("4,2"), cellOf(" "), cellOf("n/a")]).toEqual([4.2, null, "n/a"]);
  });
});

describe("a part that is edited in place", () => {
  it("keeps a title on one line, and paragraphs apart", () => {
    const title: Block = { type: "title", id: "b", text: "" };
    expect(write(title, { kind: "text" }, "One\ntwo")).toEqual([
      { op: "set_field", block: "b", field: { text: "One two" } },
    ]);
    const text: Block = { type: "text", id: "b", text: "" };
    expect(write(text, { kind: "text" }, "One\ntwo")).toEqual([
      { op: "set_field", block: "b", field: { text: "One\ntwo" } },
    ]);
  });

  it("leaves out what is empty where the deck has nothing for that", () => {
    expect(write({ type: "quote", id: "b", text: "x", by: "y" }, { kind: "by" }, "")).toEqual([
      { op: "set_field", block: "b", field: { by: null } },
    ]);
    const when = { kind: "step", index: 0, field: "when" } as const;
    expect(write(steps, when, "May")).toEqual([
      { op: "set_field", block: "b", field: { steps: [{ title: "One", when: "May" }] } },
    ]);
    const dated: Block = { ...steps, steps: [{ title: "One", when: "May" }] };
    expect(write(dated, when, "")).toEqual([
      { op: "set_field", block: "b", field: { steps: [{ title: "One" }] } },
    ]);
  });

  it("doesn't change a number to what isn't one", () => {
    const metric: Block = { type: "metric", id: "b", value: 1, label: "" };
    expect(write(metric, { kind: "value" }, "-")).toEqual([]);
  });

  it("is followed by the next one, through the whole block", () => {
    const table: Block = { type: "table", id: "b", columns: [{ title: "a" }], rows: [[1], [2]] };
    let part = firstPart(table);
    const texts: (string | null)[] = [];
    while (part) {
      texts.push(textOf(table, part));
      part = nextPart(table, part, 1);
    }
    expect(texts).toEqual(["a", "1", "2"]);
  });
});

describe("the items of a list", () => {
  const items = [{ text: "One" }, { text: "Two", level: 2 }];

  it("are split at the caret, and keep their level", () => {
    expect(split(items, 1, 1)).toEqual({
      items: [{ text: "One" }, { text: "T", level: 2 }, { text: "wo", level: 2 }],
      index: 2,
      caret: 0,
    });
  });

  it("go up a level before they are joined", () => {
    const up = joined(items, 1);
    expect(up).toEqual({ items: [{ text: "One" }, { text: "Two" }], index: 1, caret: 0 });
    expect(up && joined(up.items, 1)).toEqual({ items: [{ text: "OneTwo" }], index: 0, caret: 3 });
    expect(joined(items, 0)).toBeNull();
  });

  it("are indented and taken back", () => {
    expect(levelled(items, 0, 2, 1).items[0]).toEqual({ text: "One", level: 2 });
    expect(levelled(items, 1, 1, 1).items[1]).toEqual({ text: "Two" });
  });
});
