import { describe, expect, it } from "vitest";
import { coloursIn, luminance, paletteOf } from "./palette";

describe("paletteOf", () => {
  it("gives each colour the role named before it", () => {
    const palette = paletteOf(
      "Background: #FFFFFF. Titles: #14213D, bold. Body text: #333. Accents: #E4572E, #2A9D8F.",
    );
    expect(palette).toEqual({
      background: "#ffffff",
      title: "#14213d",
      body: "#333333",
      accents: ["#e4572e", "#2a9d8f"],
      serif: false,
    });
  });

  it("looks behind the colour when no role stands before it", () => {
    const palette = paletteOf("Use #101418 as background; #f5f5f5 for titles");
    expect(palette?.background).toBe("#101418");
    expect(palette?.title).toBe("#f5f5f5");
  });

  it("falls back to lightness when no roles are named", () => {
    const palette = paletteOf("Our colours are #fafafa, #0b2545 and #ff7f11");
    expect(palette?.background).toBe("#fafafa");
    expect(palette?.title).toBe("#0b2545");
    expect(palette?.accents).toEqual(["#ff7f11"]);
  });

  it("keeps a title readable on a dark background that is the only colour", () => {
    const palette = paletteOf("Dark background #0b0b0b");
    expect(palette?.background).toBe("#0b0b0b");
    expect(luminance(palette?.title ?? "#000000")).toBeGreaterThan(0.9);
  });

  it("tells serif from sans-serif", () => {
    expect(paletteOf("Clean sans-serif, #111111")?.serif).toBe(false);
    expect(paletteOf("A serif such as Georgia, #111111")?.serif).toBe(true);
  });

  it("answers null for a style without colours", () => {
    expect(paletteOf("Few words, much space. See ticket #12")).toBeNull();
  });
});

describe("coloursIn", () => {
  it("lists each colour once, in order, with six digits", () => {
    expect(coloursIn("#ABC then #aabbcc then #010203")).toEqual(["#aabbcc", "#010203"]);
  });
});
