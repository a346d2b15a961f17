/** The deploy page as a route: its deployer sends requests to the server that served it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { DeployApp, type DeploySnapshot, lazily, progressOf, Unavailable } from "../../deploy";
import { AccessNotice } from "./AccessNotice";
import { access } from "./access";
import styles from "./DeployPage.module.css";
import { loadDeployer } from "./loadDeployer";
import { sessionStore } from "./sessionStore";
import { tellingSignOuts } from "./tellingSignOuts";

export function DeployPage() {
  const queries = useQueryClient();
  const [failure, setFailure] = useState<{ thrown: unknown } | null>(null);
  const [deployer] = useState(() =>
    lazily(async () => {
      try {
        const askAgain = () => void queries.invalidateQueries({ queryKey: access.queryKey });
        return tellingSignOuts(await loadDeployer(), askAgain);
      } catch (thrown) {
        setFailure({ thrown });
        throw thrown;
      }
    }),
  );
  const { data, error } = useQuery(access);
  const [snapshot, setSnapshot] = useState<DeploySnapshot | null>(null);
  useRunAsTitle(snapshot);
  useGuardedRun(snapshot);

  if (failure) {
    return (
      <div className={styles.page}>
        <Unavailable thrown={failure.thrown} onRetry={() => location.reload()} />
      </div>
    );
  }
  const hasNotice = error !== null || data?.signed_in === false;
  return (
    <div className={styles.page}>
      <DeployApp
        deployer={deployer}
        store={sessionStore}
        onChange={setSnapshot}
        where={data ? { workspace: data.host, user: data.user } : undefined}
        notice={hasNotice ? <AccessNotice access={data} error={error} /> : undefined}
      />
    </div>
  );
}

/** Shows the progress in the tab's title, for users who work elsewhere meanwhile. */
function useRunAsTitle(snapshot: DeploySnapshot | null) {
  const title = snapshot ? titleOf(snapshot) : "Deploy";
  useEffect(() => {
    document.title = `${title} · Tellr`;
    return () => {
      document.title = "Tellr";
    };
  }, [title]);
}

function titleOf({ phase, steps, view }: DeploySnapshot): string {
  if (view !== "run") return "Deploy";
  const { over, all } = progressOf(steps);
  switch (phase) {
    case "running":
    case "stopping":
      return all === 0 ? "Deploying" : `${over}/${all} Deploying`;
    case "finished":
      return "✓ Done";
    case "failed":
      return "✗ Failed";
    default:
      return "Deploy";
  }
}

/** Asks for confirmation before a tab with a run in progress is closed. */
function useGuardedRun(snapshot: DeploySnapshot | null) {
  const live = snapshot?.phase === "running" || snapshot?.phase === "stopping";
  const ask = useCallback((event: BeforeUnloadEvent) => event.preventDefault(), []);
  useEffect(() => {
    if (!live) return;
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [live, ask]);
}
