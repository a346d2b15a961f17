/** Tables and charts as a grid of texts, and back. The first row has the headings. Pure. */
import { newId } from "../../deck/ids";
import type { Chart, Table } from "../../deck/model";
import { cellOf, numberOf } from "../parts";

export type Grid = readonly (readonly string[])[];

const written = (value: number | string | null | undefined) => String(value ?? "");

export function gridOfTable({ columns, rows }: Table): Grid {
  return [columns.map(({ title }) => title), ...rows.map((cells) => cells.map(written))];
}

export function tableOf(table: Table, grid: Grid): Table {
  const [titles = [], ...rows] = grid;
  const sameWidth = titles.length === table.columns.length;
  return {
    ...table,
    columns: titles.map((title, index) => {
      // After a column was added or removed, a unit stays with the title that it belongs to.
      const old = sameWidth
        ? table.columns[index]
        : table.columns.find((column) => column.title === title);
      return { ...old, title };
    }),
    rows: rows.map((cells) => cells.map(cellOf)),
  };
}

export function gridOfChart({ kind, categories = [], series }: Chart): Grid {
  if (kind === "scatter") {
    const [first] = series;
    const rows = first?.values.map((value, index) => [written(first.x?.[index]), written(value)]);
    return [["x", first?.name ?? ""], ...(rows ?? [])];
  }
  return [
    ["", ...series.map(({ name }) => name)],
    ...categories.map((category, index) => [
      category,
      ...series.map(({ values }) => written(values[index])),
    ]),
  ];
}

export function chartOf(chart: Chart, grid: Grid): Chart {
  const [[, ...names] = [], ...rows] = grid;
  if (chart.kind === "scatter") {
    const [first, ...others] = chart.series;
    if (!first) return chart;
    const x = rows.map(([text = ""]) => numberOf(text) ?? 0);
    const values = rows.map(([, text = ""]) => numberOf(text));
    return { ...chart, series: [{ ...first, name: names[0] ?? "", x, values }, ...others] };
  }
  const sameWidth = names.length === chart.series.length;
  return {
    ...chart,
    categories: rows.map(([category = ""]) => category),
    series: names.map((name, index) => {
      const old = sameWidth
        ? chart.series[index]
        : chart.series.find((series) => series.name === name);
      const values = rows.map((cells) => numberOf(cells[index + 1] ?? ""));
      return { id: old?.id ?? newId(), name, values };
    }),
  };
}

/** What was copied from a spreadsheet. */
export function fromClipboard(text: string): Grid {
  return text
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .map((line) => line.split("\t"));
}
