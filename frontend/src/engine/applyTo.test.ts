import { describe, expect, it, vi } from "vitest";
import { engine } from "../../mock/engine/index.ts";
import { sampleDeck } from "../../mock/sampleDeck.ts";
import type { Patch } from "../deck/patch";
import { applyTo } from "./applyTo";

describe("patches on a deck", () => {
  it("within one slide take only that slide through the engine, and leave the others alone", () => {
    const apply = vi.spyOn(engine, "apply");
    const patch: Patch = { op: "set_field", block: "s3k", field: { text: "New" } };
    const { deck, inverse } = applyTo(engine, sampleDeck, [patch]);
    expect(apply.mock.calls[0]?.[0].slides.map(({ id }) => id)).toEqual(["s3"]);
    expect(deck).toEqual(engine.apply(sampleDeck, [patch]).deck);
    expect(deck.slides.filter((slide) => !sampleDeck.slides.includes(slide))).toHaveLength(1);
    expect(applyTo(engine, deck, inverse).deck).toEqual(sampleDeck);
  });

  it.each<[string, Patch[]]>([
    ["a slide that moves", [{ op: "move_slide", slide: "s5", after: null }]],
    ["a slide that goes", [{ op: "remove_slide", slide: "s5" }]],
    ["another theme", [{ op: "set_theme", theme: "ink" }]],
    [
      "two slides",
      [
        { op: "set_notes", slide: "s1", notes: "a" },
        { op: "set_notes", slide: "s2", notes: "b" },
      ],
    ],
    [
      "a block that changes the slide",
      [{ op: "move_block", block: "s3k", into: { slide: "s4" }, after: "s4t" }],
    ],
  ])("are the same as on the whole deck: %s", (_, patches) => {
    const whole = engine.apply(sampleDeck, patches);
    const made = applyTo(engine, sampleDeck, patches);
    expect(made).toEqual(whole);
    expect(applyTo(engine, made.deck, made.inverse).deck).toEqual(sampleDeck);
  });
});
