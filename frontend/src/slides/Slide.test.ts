import { describe, expect, it } from "vitest";
import { wrap } from "./Slide";

describe("wrap", () => {
  it("breaks between words", () => {
    expect(wrap("Explain a data set", 12, 3)).toEqual(["Explain a", "data set"]);
  });

  it("marks what it leaves out", () => {
    expect(wrap("one two three, four five", 7, 2)).toEqual(["one two", "three…"]);
  });

  it("leaves an overlong word whole", () => {
    expect(wrap("Donaudampfschifffahrt", 8, 1)).toEqual(["Donaudampfschifffahrt"]);
  });
});
