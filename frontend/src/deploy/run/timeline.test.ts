import { describe, expect, it } from "vitest";
import { shortDuration, wholeSeconds } from "./duration";
import { axisOf, place } from "./timeline";

describe("the time axis", () => {
  it("leaves a growing run room ahead, and changes seldom", () => {
    const spans = [0, 1_000, 4_700, 4_900, 9_500, 9_700, 58_000].map(
      (elapsed) => axisOf(elapsed, true).spanMs / 1000,
    );
    expect(spans).toEqual([5, 5, 5, 10, 10, 20, 120]);
  });

  it("has room for any length", () => {
    const day = 86_400_000;
    for (const elapsed of [0, 700, 5_000, 61_000, 1_234_567, 3 * 3_600_000, day]) {
      for (const live of [true, false]) {
        const axis = axisOf(elapsed, live);
        expect(axis.spanMs).toBeGreaterThanOrEqual(elapsed);
        expect(axis.ticks.length).toBeGreaterThanOrEqual(2);
        expect(axis.ticks.length).toBeLessThanOrEqual(100);
        expect(new Set(axis.ticks.map(({ label }) => label)).size).toBe(axis.ticks.length);
      }
    }
  });

  it("ends with the run when that is over", () => {
    expect(axisOf(8_200, false)).toMatchObject({ spanMs: 8_200 });
    expect(axisOf(8_200, false).ticks.map(({ label }) => label)).toEqual([
      "0",
      "2 s",
      "4 s",
      "6 s",
      "8 s",
    ]);
  });

  it("labels minutes as minutes", () => {
    const labels = axisOf(170_000, true).ticks.map(({ label }) => label);
    expect(labels).toEqual(["0", "30 s", "1 min", "1 min 30 s", "2 min", "2 min 30 s", "3 min"]);
  });

  it("places what is on it, and cuts what is not", () => {
    const axis = axisOf(9_000, true);
    expect(place(2_000, 5_000, axis)).toEqual([0.2, 0.3]);
    expect(place(-1, 20_000, axis)).toEqual([0, 1]);
    expect(place(20_000, 30_000, axis)).toEqual([1, 0]);
  });
});

describe("durations", () => {
  it("are short, and exact where that is worth a look", () => {
    expect([40, 400, 9_940, 9_960, 59_999, 65_000, 3_725_000].map(shortDuration)).toEqual([
      "< 0.1 s",
      "0.4 s",
      "9.9 s",
      "10 s",
      "1 min 00 s",
      "1 min 05 s",
      "1 h 02 min",
    ]);
    expect(wholeSeconds(9_990)).toBe("9 s");
  });
});
