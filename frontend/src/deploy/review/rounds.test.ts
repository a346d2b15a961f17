import { describe, expect, it } from "vitest";
import { rounds } from "./rounds";

const step = (name: string, ...waits_for: string[]) => ({ step: name, title: name, waits_for });

describe("the rounds of a plan", () => {
  it("put each step after all that it waits for, whatever their order", () => {
    const found = rounds([
      step("deployment", "schema", "files"),
      step("schema", "database"),
      step("database"),
      step("files"),
    ]);
    expect(Object.fromEntries(found)).toEqual({ database: 0, files: 0, schema: 1, deployment: 2 });
  });

  it("end where steps wait for each other, or for one that isn't there", () => {
    const found = rounds([step("a", "b"), step("b", "a"), step("c", "nobody")]);
    expect(found.size).toBe(3);
    expect(Math.max(...found.values())).toBeLessThanOrEqual(3);
  });
});
