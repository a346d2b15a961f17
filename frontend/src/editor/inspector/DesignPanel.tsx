import { useDeferredValue } from "react";
import { LAYOUT_NAMES } from "../../deck/layouts";
import type { Layout } from "../../deck/model";
import { useEditor } from "../Editor";
import { Choices } from "./Choices";
import styles from "./Inspector.module.css";
import { useLayoutChoices, useThemeChoices } from "./useChoices";

/** The slide's layout and the deck's theme, each shown as what the slide becomes. */
export function DesignPanel() {
  const editor = useEditor();
  // Typing doesn't wait for the previews.
  const slide = useDeferredValue(editor.slide);
  const layouts = useLayoutChoices(slide);
  const themes = useThemeChoices(slide);
  if (!slide) return <p className={styles.hint}>The deck has no slides.</p>;
  return (
    <>
      <section className={styles.section} aria-label="Layout">
        <h2 className={styles.heading}>Layout of this slide</h2>
        <Choices
          choices={layouts}
          chosen={slide.layout}
          disabled={!editor.canEdit}
          onChoose={(layout) => {
            const name = LAYOUT_NAMES[layout as Layout];
            editor.change("Change layout", [
              { op: "set_layout", slide: slide.id, layout: layout as Layout },
            ]);
            editor.announce(`Layout: ${name}`);
          }}
        />
      </section>
      <section className={styles.section} aria-label="Theme">
        <h2 className={styles.heading}>Theme of the deck</h2>
        <Choices
          choices={themes}
          chosen={editor.snapshot.deck.theme}
          disabled={!editor.canEdit}
          onChoose={(theme) => editor.change("Change theme", [{ op: "set_theme", theme }])}
        />
      </section>
    </>
  );
}
