import { useMemo } from "react";
import { Dialog } from "../../components/Dialog";
import { LAYOUT_NAMES, newSlide } from "../../deck/layouts";
import { LAYOUTS, type Layout } from "../../deck/model";
import { addSlide } from "../actions";
import { useEditor } from "../Editor";
import { Choices } from "../inspector/Choices";

/** A new slide, by how it will look. */
export function LayoutsDialog() {
  const editor = useEditor();
  const { theme } = editor.snapshot.deck;
  const choices = useMemo(
    () =>
      LAYOUTS.map((layout) => ({
        id: layout,
        name: LAYOUT_NAMES[layout],
        slide: newSlide(layout),
        theme,
      })),
    [theme],
  );
  return (
    <Dialog title="New slide" size="wide" onClose={() => editor.open(null)}>
      <Choices
        choices={choices}
        chosen={null}
        onChoose={(layout) => {
          editor.open(null);
          addSlide(editor, layout as Layout);
        }}
      />
    </Dialog>
  );
}
