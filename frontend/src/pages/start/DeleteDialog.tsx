import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LIBRARY_KEY } from "../../api/queries";
import { deleteSession, type SessionSummary } from "../../api/sessions";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import styles from "./dialogs.module.css";

export function DeleteDialog({
  session,
  onClose,
  onDeleted,
}: {
  session: SessionSummary;
  onClose: () => void;
  /** After the deck is gone from the list. */
  onDeleted: () => void;
}) {
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => deleteSession(session.id),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries({ queryKey: LIBRARY_KEY });
      onDeleted();
    },
  });
  return (
    <Dialog title={`Delete “${session.title}”?`} onClose={onClose}>
      <p>
        The deck with its {session.slide_count} slides and all save points is deleted
        {session.shared ? ", also for the people it is shared with" : ""}. This can’t be undone.
      </p>
      {error ? <p className={styles.problem}>{error.message}</p> : null}
      <div className={styles.buttons}>
        <Button onClick={onClose}>Cancel</Button>
        <Button tone="danger" disabled={isPending} onClick={() => mutate()}>
          Delete deck
        </Button>
      </div>
    </Dialog>
  );
}
