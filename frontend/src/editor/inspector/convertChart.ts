import type { Chart, ChartKind } from "../../deck/model";

/** A chart as one of another kind, with all data that the kind can have. */
export function converted(chart: Chart, kind: ChartKind): Chart {
  if (kind === "scatter" && chart.kind !== "scatter") {
    const { categories: _, ...rest } = chart;
    const series = chart.series.map((one) => ({
      ...one,
      x: one.values.map((_, index) => index + 1),
    }));
    return { ...rest, kind, series };
  }
  if (kind !== "scatter" && chart.kind === "scatter") {
    const longest = Math.max(0, ...chart.series.map(({ values }) => values.length));
    const numbers = Array.from({ length: longest }, (_, index) => index);
    return {
      ...chart,
      kind,
      categories: numbers.map((index) => String(chart.series[0]?.x?.[index] ?? index + 1)),
      series: only(kind, chart).map(({ x: _, ...one }) => ({
        ...one,
        values: numbers.map((index) => one.values[index] ?? null),
      })),
    };
  }
  return { ...chart, kind, series: only(kind, chart) };
}

/** A pie has one series, without negatives. */
function only(kind: ChartKind, { series }: Chart): Chart["series"] {
  if (kind !== "pie") return series;
  return series.slice(0, 1).map((one) => ({
    ...one,
    values: one.values.map((value) => (value !== null && value < 0 ? null : value)),
  }));
}
