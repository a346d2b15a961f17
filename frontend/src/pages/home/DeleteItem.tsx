import { useMutation } from "@tanstack/react-query";
import { deleteItem, type Item, type Kind } from "../../api/library";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import dialogs from "../start/dialogs.module.css";
import { NOUNS, useReload } from "./items";

const CONSEQUENCES: Record<Kind, string> = {
  prompts: "Profiles that use it then have no prompt. Decks stay as they are.",
  styles: "Profiles that use it then have no style. Decks stay as they are.",
  profiles: "Its prompt and its style are kept.",
};

export function DeleteItem({
  kind,
  item,
  onClose,
  onDeleted,
}: {
  kind: Kind;
  item: Item;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const reload = useReload();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => deleteItem(kind, item.id),
    onSuccess: async () => {
      await reload();
      onDeleted();
    },
  });
  return (
    <Dialog title={`Delete “${item.name}”?`} onClose={onClose}>
      <p>
        {item.shared ? `The ${NOUNS[kind]} is deleted for everyone. ` : ""}
        {CONSEQUENCES[kind]} This can’t be undone.
      </p>
      {error ? (
        <p role="alert" className={dialogs.problem}>
          {error.message}
        </p>
      ) : null}
      <div className={dialogs.buttons}>
        <Button onClick={onClose}>Cancel</Button>
        <Button tone="danger" disabled={isPending} onClick={() => mutate()}>
          Delete {NOUNS[kind]}
        </Button>
      </div>
    </Dialog>
  );
}
