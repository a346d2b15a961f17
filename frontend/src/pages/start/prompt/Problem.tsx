import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { assistant, type Problem as GivenProblem } from "../../../api/chat";
import { shownProblem } from "../../../assistant/problems";
import { Button } from "../../../components/Button";
import { Prose } from "../../../components/Prose";
import styles from "./Problem.module.css";

/** Why no deck can be made from a description now, and what to do. What was typed stays. */
export function Problem({ problem }: { problem: GivenProblem }) {
  const client = useQueryClient();
  const isAsking = useIsFetching({ queryKey: assistant.queryKey }) > 0;
  const { title, advice, action } = shownProblem(problem);
  return (
    <div className={styles.problem} role="status">
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        <p>
          <Prose text={problem.message || advice} />
        </p>
      </div>
      {action === "settings" ? (
        <Link className={styles.link} to="/settings#assistant-title">
          Open Settings
        </Link>
      ) : null}
      {action === "sign-in" ? (
        <Button size="small" tone="primary" onClick={() => window.location.reload()}>
          Sign in again
        </Button>
      ) : null}
      {action === "retry" ? (
        <Button
          size="small"
          icon="refresh"
          disabled={isAsking}
          onClick={() => void client.invalidateQueries({ queryKey: assistant.queryKey })}
        >
          {isAsking ? "Checking…" : "Check again"}
        </Button>
      ) : null}
    </div>
  );
}
