import { useState } from "react";
import { Button } from "../components/Button";
import styles from "./Banner.module.css";
import { useEditor } from "./Editor";
import { useWhoChanged } from "./useWhoChanged";

/** What keeps changes from being saved, with what can be done about it; and why a change wasn't made. */
export function Banner() {
  const { snapshot, session } = useEditor();
  const [failure, setFailure] = useState<string | null>(null);
  const { saving, unsaved, problem } = snapshot;
  const load = (again: boolean) => {
    setFailure(null);
    session.load({ again }).catch((error: Error) => setFailure(error.message));
  };
  const who = useWhoChanged(saving.state === "conflict");
  const changes = unsaved === 1 ? "1 change" : `${unsaved} changes`;

  if (saving.state === "conflict") {
    return (
      <div role="alert" className={styles.banner}>
        <p className={styles.words}>
          {failure ?? `The deck was changed by ${who}.`}
          {unsavedOf(unsaved)}
        </p>
        {unsaved > 0 ? (
          <Button size="small" tone="primary" onClick={() => load(true)}>
            Load and keep my changes
          </Button>
        ) : null}
        <Button size="small" tone={unsaved > 0 ? "plain" : "primary"} onClick={() => load(false)}>
          {unsaved > 0 ? "Load without them" : "Load"}
        </Button>
      </div>
    );
  }
  if (saving.state === "refused") {
    return (
      <div role="alert" className={styles.banner}>
        <p className={styles.words}>
          {failure ?? `The server refused the last change: ${saving.message}`}
        </p>
        <Button size="small" onClick={() => load(false)}>
          Load the saved deck
        </Button>
      </div>
    );
  }
  if (saving.state === "offline") {
    return (
      <div role="alert" className={styles.banner}>
        <p className={styles.words}>
          {changes} not saved: {saving.message} Keep this page open; it tries again by itself.
        </p>
        <Button size="small" onClick={() => void session.flush()}>
          Try now
        </Button>
      </div>
    );
  }
  if (problem) {
    return (
      <div role="alert" className={styles.banner}>
        <p className={styles.words}>{problem}</p>
      </div>
    );
  }
  return null;
}

function unsavedOf(unsaved: number): string {
  if (unsaved === 0) return "";
  return unsaved === 1
    ? " 1 change of yours is not saved yet."
    : ` ${unsaved} changes of yours are not saved yet.`;
}
