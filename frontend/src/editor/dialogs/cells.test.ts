import { describe, expect, it } from "vitest";
import { kindOf, shownCell } from "./cells";

describe("a cell", () => {
  it("shows every digit of a number", () => {
    expect(kindOf("DECIMAL(38,2)")).toBe("number");
    const shown = ["3336000000", "-1234567.890", "1234", "3.336E8", "n/a"].map((one) =>
      shownCell(one, "number"),
    );
    expect(shown).toEqual(["3,336,000,000", "−1,234,567.890", "1234", "3.336E8", "n/a"]);
  });

  it("shows texts and dates as they are", () => {
    expect(shownCell("12345678", kindOf("STRING"))).toBe("12345678");
    expect(shownCell("2026-01-31", kindOf("DATE"))).toBe("2026-01-31");
  });
});
