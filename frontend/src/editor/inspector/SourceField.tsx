import type { Source } from "../../deck/model";
import { TextField } from "./fields";

/** Where numbers come from. Without a label there is no source. */
export function SourceField({
  source,
  onChange,
}: {
  source: Source | undefined;
  onChange: (source: Source | null) => void;
}) {
  return (
    <TextField
      label="Source"
      placeholder="Finance, Q3 close"
      value={source?.label ?? ""}
      onChange={(label) => onChange(label === "" ? null : { ...source, label })}
    />
  );
}
