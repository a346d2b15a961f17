/** Save points: made, looked at, restored. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  createSavePoint,
  restoreSavePoint,
  type SavePoint,
  savePoint,
  savePoints,
} from "../../api/sessions";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { ago } from "../../pages/start/ago";
import { Thumbnail } from "../../slides/Thumbnail";
import { useEditor } from "../Editor";
import { onSlide } from "../selection";
import styles from "./HistoryDialog.module.css";

export function HistoryDialog() {
  const editor = useEditor();
  const { data: points, error } = useQuery(savePoints(editor.id));
  const [chosen, setChosen] = useState<number | null>(null);
  const current = points?.find(({ number }) => number === chosen) ?? points?.[0];
  return (
    <Dialog title="History" size="wide" onClose={() => editor.open(null)}>
      <div className={styles.layout}>
        <div>
          {editor.canEdit ? <NewSavePoint /> : null}
          {error ? <p className={styles.problem}>{error.message}</p> : null}
          {points?.length === 0 ? (
            <p className={styles.hint}>No save points yet. Create one before a large change.</p>
          ) : null}
          <ul className={styles.list}>
            {points?.map((point) => (
              <li key={point.number}>
                <button
                  type="button"
                  className={styles.point}
                  aria-pressed={point === current}
                  onClick={() => setChosen(point.number)}
                >
                  <span className={styles.name}>{point.name || `Save point ${point.number}`}</span>
                  <span className={styles.meta}>
                    {[point.created_by?.name, ago(point.created_at)].filter(Boolean).join(", ")}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </div>
        {current ? <Preview key={current.number} point={current} /> : null}
      </div>
    </Dialog>
  );
}

function NewSavePoint() {
  const editor = useEditor();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      await editor.session.flush();
      return createSavePoint(editor.id, name.trim());
    },
    onSuccess: () => {
      setName("");
      editor.announce("Save point created");
      void client.invalidateQueries({ queryKey: savePoints(editor.id).queryKey });
    },
  });
  // Not disabled meanwhile: a button that has the focus and is disabled keeps Escape from the dialog.
  const save = () => {
    if (!isPending) mutate();
  };
  return (
    <>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <input
          className={styles.input}
          aria-label="Name of the save point"
          placeholder="Name (optional)"
          value={name}
          maxLength={300}
          onChange={({ target }) => setName(target.value)}
        />
        <Button size="small" tone="primary" onClick={save}>
          Save now
        </Button>
      </form>
      {error ? <p className={styles.problem}>{error.message}</p> : null}
    </>
  );
}

function Preview({ point }: { point: SavePoint }) {
  const editor = useEditor();
  const client = useQueryClient();
  const { data, error } = useQuery(savePoint(editor.id, point.number));
  const restore = useMutation({
    mutationFn: async () => {
      await editor.session.flush();
      return restoreSavePoint(editor.id, point.number);
    },
    onSuccess: (restored) => {
      editor.session.replace(restored);
      editor.select(onSlide(restored.deck.slides[0]?.id ?? null));
      editor.announce("Save point restored");
      editor.open(null);
      void client.invalidateQueries({ queryKey: savePoints(editor.id).queryKey });
    },
  });
  const problem = error ?? restore.error;
  return (
    <div className={styles.preview}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable, so it has to be focusable */}
      <ul className={styles.slides} tabIndex={0} aria-label="Slides of the save point">
        {data?.deck.slides.map((slide, index) => (
          <li key={slide.id}>
            <Thumbnail slide={slide} theme={data.deck.theme} number={index + 1} />
          </li>
        ))}
      </ul>
      {problem ? <p className={styles.problem}>{problem.message}</p> : null}
      {editor.canEdit ? (
        <div className={styles.restore}>
          <Button
            tone="primary"
            size="small"
            icon="history"
            disabled={restore.isPending || !data}
            onClick={() => restore.mutate()}
          >
            Restore this version
          </Button>
          <p className={styles.hint}>The current version is saved first, so nothing is lost.</p>
        </div>
      ) : null}
    </div>
  );
}
