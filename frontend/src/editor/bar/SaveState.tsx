import { useEditor } from "../Editor";
import styles from "./TopBar.module.css";

const WORDS = {
  saved: "Saved",
  saving: "Saving…",
  offline: "Not saved, retrying",
  conflict: "Changed elsewhere",
  refused: "Not saved",
} as const;

export function SaveState() {
  const { snapshot, canEdit } = useEditor();
  const { state } = snapshot.saving;
  if (!canEdit) return <span className={styles.state}>View only</span>;
  return (
    <span role="status" className={styles.state} data-state={state}>
      {WORDS[state]}
    </span>
  );
}
