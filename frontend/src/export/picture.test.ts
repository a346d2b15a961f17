import { describe, expect, it } from "vitest";
import { fileNameOf, sized } from "./picture";

describe("a slide's picture", () => {
  it("gets a size of its own, that of its slide", () => {
    const { text, width, height } = sized(
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 720"><text>a &amp; b</text></svg>',
    );
    expect([width, height]).toEqual([1280, 720]);
    expect(text).toMatch(/width="1280"/);
    expect(text).toContain("a &amp; b");
    const without = sized('<svg xmlns="http://www.w3.org/2000/svg" viewBox="none"/>');
    expect(without).toMatchObject({ width: 1280, height: 720 });
  });

  it("is refused if it is none", () => {
    expect(() => sized("<html><body/></html>")).toThrow("can’t be read");
    expect(() => sized("<svg")).toThrow("can’t be read");
  });

  it("has a name that every system takes", () => {
    expect(fileNameOf("Quarterly review", 3, "png")).toBe("Quarterly review, slide 3.png");
    expect(fileNameOf("../../etc/passwd", 1, "svg")).toBe("etc passwd, slide 1.svg");
    expect(fileNameOf("a\u202efdp\u0000<b>\n", 1, "png")).toBe("a fdp b, slide 1.png");
    expect(fileNameOf(" . ", 2, "png")).toBe("Deck, slide 2.png");
    expect(fileNameOf("x".repeat(300), 1, "png").length).toBeLessThan(100);
  });
});
