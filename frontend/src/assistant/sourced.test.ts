import { describe, expect, it } from "vitest";
import type { SourceSummary } from "../api/chat";
import type { Slide } from "../deck/model";
import { sourceOf, sourcesOf, unsourced } from "./sourced";

const source = (id: string, label: string): SourceSummary => ({
  id,
  label,
  name: "S1",
  space: null,
  question: null,
  columns: [],
  row_count: 1,
  truncated: false,
  created_at: "",
});
const SOURCES = [source("1", "Sales"), source("2", "Targets"), source("3", "Sales")];

const SLIDE: Slide = {
  id: "s",
  layout: "two_columns",
  sources: [{ label: "Targets" }, { label: "Finance" }],
  blocks: [
    { type: "metric", id: "a", value: 1, label: "x", source: { label: "Sales" } },
    { type: "table", id: "b", columns: [{ title: "Name" }], rows: [["Ada"]] },
    {
      type: "columns",
      id: "c",
      columns: [
        {
          width: 1,
          blocks: [
            { type: "chart", id: "d", kind: "bar", series: [], source: { label: "Finance" } },
            { type: "table", id: "e", columns: [{ title: "n" }], rows: [[1]] },
          ],
        },
      ],
    },
  ],
};

describe("the sources of a slide", () => {
  it("are found by their labels, the newest of those with the same", () => {
    expect(sourceOf("Sales", SOURCES)?.id).toBe("3");
    expect(sourceOf("Finance", SOURCES)).toBeUndefined();
    expect(sourcesOf(SLIDE, SOURCES).map(({ id }) => id)).toEqual(["3", "2"]);
  });

  it("leave numbers that are in no data, in columns too; words aren't numbers", () => {
    expect(unsourced(SLIDE, SOURCES)).toBe(2);
  });
});
