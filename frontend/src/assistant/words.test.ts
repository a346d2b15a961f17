import { describe, expect, it } from "vitest";
import { count, duration } from "./words";

describe("words about a turn", () => {
  it("give times and counts as people say them", () => {
    expect([400, 24_300, 60_000, 83_000].map(duration)).toEqual([
      "1 s",
      "24 s",
      "1 min",
      "1 min 23 s",
    ]);
    expect([count(1, "row"), count(5_000, "row")]).toEqual(["1 row", "5,000 rows"]);
  });
});
