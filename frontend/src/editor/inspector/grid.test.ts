import { describe, expect, it } from "vitest";
import { CHART_KINDS, type Chart, type Table } from "../../deck/model";
import { converted } from "./convertChart";
import { chartOf, fromClipboard, gridOfChart, gridOfTable, tableOf } from "./grid";

const chart: Chart = {
  type: "chart",
  id: "c",
  kind: "bar",
  categories: ["Q1", "Q2"],
  series: [
    { id: "a", name: "EMEA", values: [1, null] },
    { id: "b", name: "APAC", values: [-2, 3] },
  ],
  unit: "€",
};
const table: Table = {
  type: "table",
  id: "t",
  columns: [{ title: "Region" }, { title: "Sales", unit: "€" }],
  rows: [["EMEA", 3.4]],
};

describe("a grid", () => {
  it("gives back the chart or table that it shows", () => {
    expect(chartOf(chart, gridOfChart(chart))).toEqual(chart);
    expect(tableOf(table, gridOfTable(table))).toEqual(table);
    const scatter = converted(chart, "scatter");
    expect(chartOf(scatter, gridOfChart(scatter))).toEqual(scatter);
  });

  it("keeps the ids of series, also when one is added between", () => {
    const grid = gridOfChart(chart).map((cells, row) => cells.toSpliced(2, 0, row ? "5" : "New"));
    const { series } = chartOf(chart, grid);
    expect(series.map(({ name }) => name)).toEqual(["EMEA", "New", "APAC"]);
    expect([series[0]?.id, series[2]?.id]).toEqual(["a", "b"]);
    expect(series[1]?.values).toEqual([5, 5]);
  });

  it("keeps a column's unit when another one is removed", () => {
    const grid = gridOfTable(table).map((cells) => cells.slice(1));
    expect(tableOf(table, grid).columns).toEqual([{ title: "Sales", unit: "€" }]);
  });

  it("takes what a spreadsheet copies", () => {
    expect(fromClipboard("a\t1\r\nb\t2\r\n")).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
  });
});

describe("a chart of another kind", () => {
  it.each(CHART_KINDS.map((kind) => [kind]))("%s has data of the shape that it needs", (kind) => {
    const made = converted(chart, kind);
    for (const series of made.series) {
      if (kind === "scatter") expect(series.x).toHaveLength(series.values.length);
      else expect(series.values).toHaveLength(made.categories?.length ?? -1);
      if (kind === "pie") expect(Math.min(...series.values.map(Number))).toBeGreaterThanOrEqual(0);
    }
    expect(made.series).toHaveLength(kind === "pie" ? 1 : 2);
    expect(made.categories === undefined).toBe(kind === "scatter");
  });

  it("comes back from a scatter chart with its values", () => {
    const back = converted(converted(chart, "scatter"), "line");
    expect(back.series.map(({ values }) => values)).toEqual(
      chart.series.map(({ values }) => values),
    );
  });
});
