import { describe, expect, it } from "vitest";
import { examplesOf } from "./examplesOf";

describe("examples", () => {
  const space = (id: string) => ({ id, title: `Space ${id}`, description: "" });

  it("ask the spaces one has, and always one without data", () => {
    const some = examplesOf([space("1"), space("2")]);
    expect(some.map((example) => example.space)).toEqual(["1", "2", "1", null]);
    expect(some[0]?.text).toContain("Space 1");
  });

  it("are there without spaces", () => {
    expect(examplesOf([]).every((example) => example.space === null)).toBe(true);
    expect(examplesOf([])).toHaveLength(3);
  });
});
