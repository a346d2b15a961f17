import { describe, expect, it } from "vitest";
import { moved } from "./outlineOrder";

describe("an outline", () => {
  const rows = ["a", "b", "c"].map((key) => ({ key }));
  const order = (key: string, to: number) =>
    moved(rows, key, to)
      .map((row) => row.key)
      .join("");

  it("is reordered by the place before which an item goes", () => {
    expect([order("c", 0), order("a", 3), order("a", 2), order("b", 0)]).toEqual([
      "cab",
      "bca",
      "bac",
      "bac",
    ]);
  });

  it("stays the same where nothing moves", () => {
    for (const to of [-1, 1, 2, 4]) expect(moved(rows, "b", to)).toBe(rows);
    expect(moved(rows, "gone", 0)).toBe(rows);
  });
});
