import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { LIBRARY_KEY } from "../../api/queries";
import { renameSession, type SessionSummary } from "../../api/sessions";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import styles from "./dialogs.module.css";

export function RenameDialog({
  session,
  onClose,
}: {
  session: SessionSummary;
  onClose: () => void;
}) {
  const id = useId();
  const [title, setTitle] = useState(session.title);
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => renameSession(session.id, title.trim()),
    onSuccess: () => {
      onClose();
      void client.invalidateQueries({ queryKey: LIBRARY_KEY });
    },
  });
  return (
    <Dialog title="Rename deck" onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          mutate();
        }}
      >
        <label htmlFor={id}>Title</label>
        <input
          id={id}
          className={styles.input}
          value={title}
          maxLength={300}
          onChange={({ target }) => setTitle(target.value)}
        />
        {error ? <p className={styles.problem}>{error.message}</p> : null}
        <div className={styles.buttons}>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            tone="primary"
            disabled={isPending || title.trim() === ""}
            onClick={() => mutate()}
          >
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
