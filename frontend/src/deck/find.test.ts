import { describe, expect, it } from "vitest";
import { isBlank } from "./find";
import type { Block, Deck } from "./model";

const deck = (...slides: Block[][]): Deck => ({
  ...{ format: 1, title: "T", language: "en", theme: "clear" },
  slides: slides.map((blocks, index) => ({ id: `s${index}`, layout: "cover", blocks })),
});

describe("a deck", () => {
  it("is blank as long as nothing is written in it", () => {
    expect(isBlank(deck())).toBe(true);
    const empty: Block[] = [
      { type: "title", id: "a", text: " " },
      { type: "subtitle", id: "b", text: "" },
    ];
    expect(isBlank(deck(empty, empty))).toBe(true);
    expect(isBlank(deck(empty, [{ type: "title", id: "c", text: "One" }]))).toBe(false);
    expect(isBlank(deck([{ type: "divider", id: "d" }]))).toBe(false);
    const noted = deck(empty).slides.map((slide) => ({ ...slide, notes: "Say hello" }));
    expect(isBlank({ ...deck(), slides: noted })).toBe(false);
  });
});
