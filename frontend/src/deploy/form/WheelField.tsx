import { useState } from "react";
import { Button } from "../../components/Button";
import { Labelled } from "./Field";
import styles from "./Field.module.css";
import { useForm } from "./FormContext";
import { readWheel } from "./readWheel";

/** A local wheel, in place of a published version. It is read at once, and never stored. */
export function WheelField() {
  const { unkept, keep, register } = useForm();
  const [problem, setProblem] = useState<string | null>(null);
  const wheel = unkept.local_wheel;
  const take = async (file: File | undefined) => {
    if (!file) return;
    const read = await readWheel(file);
    setProblem(read.problem);
    keep({ local_wheel: read.wheel });
  };
  return (
    <Labelled
      name="local_wheel"
      help={
        problem ?? (wheel ? null : "Deploys this file instead of a published version. Up to 10 MB.")
      }
    >
      {(control) => (
        <div className={styles.file}>
          <input
            {...control}
            ref={register("local_wheel")}
            type="file"
            accept=".whl"
            className={styles.picker}
            onChange={(event) => {
              take(event.target.files?.[0]);
              // So that choosing the same file again fires a change event.
              event.target.value = "";
            }}
          />
          {wheel ? (
            <p className={styles.chosen}>
              <code>{wheel.file_name}</code>
              <Button
                tone="quiet"
                size="small"
                icon="cross"
                onClick={() => keep({ local_wheel: null })}
              >
                Remove
              </Button>
            </p>
          ) : null}
        </div>
      )}
    </Labelled>
  );
}
