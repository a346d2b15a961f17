import { Link } from "react-router";
import { shownProblem } from "../../assistant/problems";
import type { ShownTurn } from "../../assistant/turnState";
import { Button } from "../../components/Button";
import { Prose } from "../../components/Prose";
import { useEditor } from "../Editor";
import styles from "./Failure.module.css";

/** Why a turn wasn't finished, what was kept, and what can be done. */
export function Failure({ turn, isLast }: { turn: ShownTurn; isLast: boolean }) {
  const { conversation } = useEditor();
  const { error } = turn;
  if (turn.state !== "failed" && turn.state !== "cancelled") return null;
  const problem = error ? shownProblem(error) : null;
  const kept = turn.slides.filter(({ state }) => state === "done").length;
  return (
    <div className={styles.failure} data-state={turn.state}>
      {error ? (
        <p className={styles.message}>
          <Prose text={error.message} />
        </p>
      ) : null}
      {kept > 0 ? (
        <p>
          {kept === 1
            ? "The slide that was written is kept."
            : `The ${kept} slides that were written are kept.`}
        </p>
      ) : null}
      {isLast ? (
        <div className={styles.buttons}>
          {problem?.action === "sign-in" ? (
            <Button size="small" tone="primary" onClick={() => window.location.reload()}>
              Sign in again
            </Button>
          ) : null}
          <Button size="small" icon="refresh" onClick={() => void conversation.retry(turn.id)}>
            {turn.state === "cancelled" ? "Continue" : "Try again"}
          </Button>
          {problem?.action === "settings" ? (
            <Link to="/settings#assistant-title">Settings</Link>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
