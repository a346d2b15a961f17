import { IconButton } from "../../components/IconButton";
import { BLOCK_NAMES } from "../../deck/blocks";
import type { Block } from "../../deck/model";
import { MEANINGS } from "../../deck/model";
import type { Field } from "../../deck/patch";
import { action, isEnabled } from "../actions";
import { shown } from "../actions/keys";
import { useEditor } from "../Editor";
import styles from "./BlockPanel.module.css";
import { ChartFields } from "./ChartFields";
import { SelectField, TextField } from "./fields";
import { ImageFields } from "./ImageFields";
import inspector from "./Inspector.module.css";
import { MetricFields } from "./MetricFields";
import { SourceField } from "./SourceField";
import { StepsFields } from "./StepsFields";
import { TableFields } from "./TableFields";

const TOOLS = ["move-block-up", "move-block-down", "duplicate-block", "delete-block"];

/** The fields of the selected block. */
export function BlockPanel() {
  const editor = useEditor();
  const { block } = editor;
  if (!block) return <p className={inspector.hint}>Select a block on the slide to change it.</p>;
  return (
    <section className={inspector.section} aria-label={BLOCK_NAMES[block.type]}>
      <header className={styles.header}>
        <h2 className={inspector.heading}>{BLOCK_NAMES[block.type]}</h2>
        {TOOLS.map((id) => action(id)).map((tool) => (
          <IconButton
            key={tool.id}
            icon={tool.icon ?? "more"}
            label={tool.label}
            keys={tool.keys && shown(tool.keys)}
            disabled={!isEnabled(tool, editor)}
            onClick={() => tool.run(editor)}
          />
        ))}
      </header>
      <Fields key={block.id} block={block} />
    </section>
  );
}

/** Sets a field; setting the same field again is undone together with it. */
export function useSetField(block: Block) {
  const editor = useEditor();
  return (field: Field) => {
    const [name] = Object.keys(field);
    editor.change("Edit", [{ op: "set_field", block: block.id, field }], `${block.id} ${name}`);
  };
}

function Fields({ block }: { block: Block }) {
  const editor = useEditor();
  const set = useSetField(block);
  switch (block.type) {
    case "title":
    case "subtitle":
    case "text":
      return (
        <TextField
          label="Text"
          lines={block.type === "text" ? 6 : 3}
          maxLength={5_000}
          value={block.text}
          onChange={(text) => set({ text })}
        />
      );
    case "quote":
      return (
        <>
          <TextField
            label="Quote"
            lines={4}
            maxLength={5_000}
            value={block.text}
            onChange={(text) => set({ text })}
          />
          <TextField
            label="Said by"
            value={block.by ?? ""}
            onChange={(by) => set({ by: by === "" ? null : by })}
          />
        </>
      );
    case "callout":
      return (
        <>
          <TextField
            label="Text"
            lines={4}
            maxLength={5_000}
            value={block.text}
            onChange={(text) => set({ text })}
          />
          <SelectField
            label="Meaning"
            value={block.meaning ?? "neutral"}
            options={MEANINGS.map((one) => [one, one] as const)}
            onChange={(meaning) => set({ meaning })}
          />
        </>
      );
    case "bullets":
    case "numbered":
      return (
        <>
          <SelectField
            label="List style"
            value={block.type}
            options={[
              ["bullets", "Bullets"],
              ["numbered", "Numbers"],
            ]}
            onChange={(type) =>
              editor.change("Change list style", [{ op: "set_block", block: { ...block, type } }])
            }
          />
          <p className={inspector.hint}>
            Click an item on the slide to edit it. Enter adds one, Tab indents it.
          </p>
        </>
      );
    case "table":
      return (
        <>
          <TableFields table={block} />
          <SourceField source={block.source} onChange={(source) => set({ source })} />
        </>
      );
    case "chart":
      return (
        <>
          <ChartFields chart={block} />
          <SourceField source={block.source} onChange={(source) => set({ source })} />
        </>
      );
    case "metric":
      return (
        <>
          <MetricFields metric={block} />
          <SourceField source={block.source} onChange={(source) => set({ source })} />
        </>
      );
    case "steps":
      return <StepsFields steps={block} />;
    case "image":
      return <ImageFields image={block} />;
    case "columns":
      return <p className={inspector.hint}>Select a block in a column to change it.</p>;
    case "divider":
      return <p className={inspector.hint}>A divider has nothing to set.</p>;
  }
}
