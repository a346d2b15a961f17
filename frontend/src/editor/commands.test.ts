import { describe, expect, it } from "vitest";
import { engine } from "../../mock/engine/index.ts";
import { sampleDeck } from "../../mock/sampleDeck.ts";
import { newSlide } from "../deck/layouts";
import type { Deck } from "../deck/model";
import { LAYOUTS } from "../deck/model";
import type { Patch } from "../deck/patch";
import {
  duplicateSlides,
  insertBlock,
  insertSlide,
  moveSlides,
  removeSlides,
  shiftBlock,
  shiftSlides,
} from "./commands";

const order = (deck: Deck) => deck.slides.map(({ id }) => id.replace("s", "")).join("");
const apply = (patches: Patch[], deck = sampleDeck) => engine.apply(deck, patches).deck;
const slideAt = (index: number) => {
  const slide = sampleDeck.slides[index];
  if (!slide) throw new Error(`no slide ${index}`);
  return slide;
};

describe("slides", () => {
  it("are moved together, and keep their order", () => {
    expect(order(apply(moveSlides(sampleDeck, ["s5", "s2"], 0)))).toBe("2513467");
    expect(order(apply(moveSlides(sampleDeck, ["s1", "s3"], 7)))).toBe("2456713");
    expect(order(apply(moveSlides(sampleDeck, ["s3", "s4"], 6)))).toBe("1256347");
  });

  it("aren't moved to where they are", () => {
    expect(moveSlides(sampleDeck, ["s3"], 2)).toEqual([]);
    expect(moveSlides(sampleDeck, ["s3"], 3)).toEqual([]);
    expect(shiftSlides(sampleDeck, ["s1", "s2"], -1)).toEqual([]);
    expect(shiftSlides(sampleDeck, ["s7"], 1)).toEqual([]);
  });

  it("are moved up and down by one", () => {
    expect(order(apply(shiftSlides(sampleDeck, ["s3"], -1)))).toBe("1324567");
    expect(order(apply(shiftSlides(sampleDeck, ["s3", "s4"], 1)))).toBe("1253467");
  });

  it("are duplicated after the last of them, with ids of their own", () => {
    const { patches, copies } = duplicateSlides(sampleDeck, ["s1", "s2"]);
    const deck = apply(patches);
    expect(deck.slides.map(({ id }) => id).slice(2, 4)).toEqual(copies);
    const blocks = deck.slides.flatMap((slide) => slide.blocks.map(({ id }) => id));
    expect(new Set(blocks).size).toBe(blocks.length);
  });

  it("come back by the inverse", () => {
    const { deck, inverse } = engine.apply(sampleDeck, removeSlides(sampleDeck, ["s2", "s6"]));
    expect(order(deck)).toBe("13457");
    expect(engine.apply(deck, inverse).deck).toEqual(sampleDeck);
  });

  it("of every layout can be inserted and drawn", () => {
    for (const layout of LAYOUTS) {
      const slide = newSlide(layout);
      const deck = apply(insertSlide(sampleDeck, slide, "s1"));
      expect(deck.slides[1]).toEqual(slide);
      expect(engine.layOut(slide, "clear", 2).frames).toHaveLength(slide.blocks.length);
    }
  });
});

describe("blocks", () => {
  it("go after the selected one, else to the end", () => {
    const block = { type: "divider", id: "new" } as const;
    const first = apply(insertBlock(slideAt(1), block, "s2t")).slides[1];
    expect(first?.blocks.map(({ id }) => id)).toEqual(["s2t", "new", "s2b"]);
    const last = apply(insertBlock(slideAt(1), block, null)).slides[1];
    expect(last?.blocks.map(({ id }) => id)).toEqual(["s2t", "s2b", "new"]);
  });

  it("move within their list and not out of it", () => {
    const moved = apply(shiftBlock(slideAt(3), "s4b", 1)).slides[3];
    expect(moved?.blocks.map(({ id }) => id)).toEqual(["s4t", "s4a", "s4c", "s4b"]);
    expect(shiftBlock(slideAt(3), "s4c", 1)).toEqual([]);
    expect(shiftBlock(slideAt(3), "s4t", -1)).toEqual([]);
  });
});
