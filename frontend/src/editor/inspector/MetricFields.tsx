import { MEANINGS, type Metric } from "../../deck/model";
import { useSetField } from "./BlockPanel";
import { NumberField, SelectField, TextField } from "./fields";
import fields from "./fields.module.css";

export function MetricFields({ metric }: { metric: Metric }) {
  const set = useSetField(metric);
  const { change } = metric;
  return (
    <>
      <div className={fields.row}>
        <NumberField
          label="Number"
          value={metric.value}
          onChange={(value) => value !== null && set({ value })}
        />
        <TextField
          label="Unit"
          value={metric.unit ?? ""}
          onChange={(unit) => set({ unit: unit === "" ? null : unit })}
        />
      </div>
      <TextField label="Label" value={metric.label} onChange={(label) => set({ label })} />
      <div className={fields.row}>
        <NumberField
          label="Change"
          canBeEmpty
          value={change?.value ?? null}
          onChange={(value) => set({ change: value === null ? null : { ...change, value } })}
        />
        {change ? (
          <TextField
            label="Unit of the change"
            value={change.unit ?? ""}
            onChange={(unit) => {
              const { unit: _, ...rest } = change;
              set({ change: unit === "" ? rest : { ...rest, unit } });
            }}
          />
        ) : null}
      </div>
      {change ? (
        <SelectField
          label="Meaning of the change"
          value={change.meaning ?? "neutral"}
          options={MEANINGS.map((one) => [one, one] as const)}
          onChange={(meaning) => set({ change: { ...change, meaning } })}
        />
      ) : null}
    </>
  );
}
