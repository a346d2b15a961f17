import { CHART_KINDS, type Chart, type ChartKind } from "../../deck/model";
import { useEditor } from "../Editor";
import { numberOf } from "../parts";
import { useSetField } from "./BlockPanel";
import { converted } from "./convertChart";
import { DataGrid } from "./DataGrid";
import { NumberField, SelectField, TextField } from "./fields";
import fields from "./fields.module.css";
import { chartOf, gridOfChart } from "./grid";

const NAMES: Record<ChartKind, string> = {
  bar: "Bars",
  stacked_bar: "Stacked bars",
  line: "Lines",
  area: "Areas",
  pie: "Pie",
  scatter: "Scatter",
};

export function ChartFields({ chart }: { chart: Chart }) {
  const editor = useEditor();
  const set = useSetField(chart);
  const replace = (label: string, block: Chart, merge?: string) =>
    editor.change(label, [{ op: "set_block", block }], merge);
  const axis = (part: { min?: number | null; max?: number | null }) => {
    const { min, max } = { min: chart.axis?.min ?? null, max: chart.axis?.max ?? null, ...part };
    const next = { ...(min !== null && { min }), ...(max !== null && { max }) };
    set({ axis: min === null && max === null ? null : next });
  };
  return (
    <>
      <DataGrid
        label="Chart data"
        grid={gridOfChart(chart)}
        isValid={(text, row, column) =>
          row === 0 ||
          (column === 0 && chart.kind !== "scatter") ||
          (text.trim() === "" && column > 0) ||
          numberOf(text) !== null
        }
        canAddColumns={chart.kind !== "pie" && chart.kind !== "scatter"}
        onChange={(grid) => replace("Edit chart data", chartOf(chart, grid), `${chart.id} data`)}
      />
      <div className={fields.row}>
        <SelectField
          label="Kind"
          value={chart.kind}
          options={CHART_KINDS.map((kind) => [kind, NAMES[kind]] as const)}
          onChange={(kind) => replace("Change chart kind", converted(chart, kind))}
        />
        <TextField
          label="Unit"
          value={chart.unit ?? ""}
          placeholder="M€"
          onChange={(unit) => set({ unit: unit === "" ? null : unit })}
        />
      </div>
      <SelectField
        label="Highlight"
        value={chart.highlight ?? ""}
        options={[
          ["", "Nothing"],
          ...chart.series.map(({ id, name }) => [id, `Series: ${name}`] as const),
          ...(chart.categories ?? []).map((category) => [category, category] as const),
        ]}
        onChange={(highlight) => set({ highlight: highlight === "" ? null : highlight })}
      />
      {chart.kind === "pie" ? null : (
        <div className={fields.row}>
          <NumberField
            label="Axis minimum"
            canBeEmpty
            value={chart.axis?.min ?? null}
            onChange={(min) => axis({ min })}
          />
          <NumberField
            label="Axis maximum"
            canBeEmpty
            value={chart.axis?.max ?? null}
            onChange={(max) => axis({ max })}
          />
        </div>
      )}
    </>
  );
}
