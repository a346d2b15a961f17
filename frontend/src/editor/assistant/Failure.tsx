import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { assistant } from "../../api/chat";
import { shownProblem } from "../../assistant/problems";
import type { ShownTurn } from "../../assistant/turnState";
import { Button } from "../../components/Button";
import { Prose } from "../../components/Prose";
import { useEditor } from "../Editor";
import { EndpointChoice } from "./EndpointChoice";
import styles from "./Failure.module.css";

/** Why a turn wasn't finished, what was kept, and what can be done. */
export function Failure({ turn, isLast }: { turn: ShownTurn; isLast: boolean }) {
  const { error } = turn;
  if (turn.state !== "failed" && turn.state !== "cancelled") return null;
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
      {isLast ? <Resume turn={turn} /> : null}
    </div>
  );
}

/** Resumes a turn, with another model if the person chooses one. */
function Resume({ turn }: { turn: ShownTurn }) {
  const { conversation } = useEditor();
  const { data } = useQuery(assistant);
  const [endpoint, setEndpoint] = useState("");
  const hasFailed = turn.state === "failed";
  const action = turn.error ? shownProblem(turn.error).action : null;
  return (
    <>
      {hasFailed && data && data.endpoints.length > 1 ? (
        <EndpointChoice given={data} none="As before" value={endpoint} onChange={setEndpoint} />
      ) : null}
      <div className={styles.buttons}>
        {action === "sign-in" ? (
          <Button size="small" tone="primary" onClick={() => window.location.reload()}>
            Sign in again
          </Button>
        ) : null}
        <Button
          size="small"
          icon="refresh"
          onClick={() => void conversation.retry(turn.id, endpoint || undefined)}
        >
          {hasFailed ? "Try again" : "Continue"}
        </Button>
        {action === "settings" ? <Link to="/settings#assistant-title">Settings</Link> : null}
      </div>
    </>
  );
}
