import { Button } from "../../components/Button";
import type { Steps } from "../../deck/model";
import { useEditor } from "../Editor";
import { useSetField } from "./BlockPanel";
import { SelectField } from "./fields";
import fields from "./fields.module.css";
import inspector from "./Inspector.module.css";

export function StepsFields({ steps: block }: { steps: Steps }) {
  const { canEdit } = useEditor();
  const set = useSetField(block);
  const { steps } = block;
  return (
    <>
      <SelectField
        label="Kind"
        value={block.kind}
        options={[
          ["process", "Process"],
          ["timeline", "Timeline"],
        ]}
        onChange={(steps_kind) => set({ steps_kind })}
      />
      <p className={inspector.hint}>
        Click a step on the slide to edit it; Tab goes to the next text.
      </p>
      {canEdit ? (
        <div className={fields.buttons}>
          <Button
            size="small"
            icon="plus"
            disabled={steps.length >= 20}
            onClick={() => set({ steps: [...steps, { title: "New step" }] })}
          >
            Add step
          </Button>
          <Button
            size="small"
            icon="bin"
            disabled={steps.length <= 1}
            onClick={() => set({ steps: steps.slice(0, -1) })}
          >
            Remove last
          </Button>
        </div>
      ) : null}
    </>
  );
}
