import { useEditor } from "./Editor";
import styles from "./Notes.module.css";

/** What the speaker says with the slide. */
export function Notes() {
  const editor = useEditor();
  const { slide } = editor;
  if (!slide) return null;
  return (
    <section className={styles.notes} aria-label="Notes">
      <textarea
        className={styles.field}
        aria-label="Speaker notes"
        placeholder="Speaker notes"
        maxLength={20_000}
        value={slide.notes ?? ""}
        readOnly={!editor.canEdit}
        onChange={({ target }) =>
          editor.change(
            "Edit notes",
            [{ op: "set_notes", slide: slide.id, notes: target.value }],
            `notes ${slide.id}`,
          )
        }
        onBlur={() => editor.session.settle()}
      />
    </section>
  );
}
