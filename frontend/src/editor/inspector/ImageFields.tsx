import { Button } from "../../components/Button";
import type { Image } from "../../deck/model";
import { action, isEnabled } from "../actions";
import { useEditor } from "../Editor";
import { useSetField } from "./BlockPanel";
import { SelectField, TextField } from "./fields";
import inspector from "./Inspector.module.css";

export function ImageFields({ image }: { image: Image }) {
  const editor = useEditor();
  const set = useSetField(image);
  const replace = action("replace-image");
  return (
    <>
      {isEnabled(replace, editor) ? (
        <Button size="small" icon="image" onClick={() => replace.run(editor)}>
          Replace image
        </Button>
      ) : null}
      <TextField
        label="Alternative text"
        lines={3}
        value={image.alt ?? ""}
        onChange={(alt) => set({ alt: alt.replace(/\s*\n\s*/g, " ") })}
      />
      <p className={inspector.hint}>Says what the image shows, for people who can’t see it.</p>
      <TextField
        label="Caption"
        value={image.caption ?? ""}
        onChange={(caption) => set({ caption: caption === "" ? null : caption })}
      />
      <SelectField
        label="Fit"
        value={image.fit ?? "contain"}
        options={[
          ["contain", "Show all of it"],
          ["cover", "Fill the place"],
        ]}
        onChange={(fit) => set({ fit })}
      />
    </>
  );
}
