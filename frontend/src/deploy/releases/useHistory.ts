import { useCallback, useEffect, useState } from "react";
import type { DeployError, DeployerLike, History } from "../contract";
import { asDeployError } from "../failure/asDeployError";

export interface Recorded {
  history: History | null;
  error: DeployError | null;
  look(): void;
}

/** Fetches the releases of an app, which changes nothing in the workspace. */
export function useHistory(
  deployer: DeployerLike,
  app_name: string,
  app_file_workspace_path: string,
): Recorded {
  const [asked, setAsked] = useState(0);
  const [history, setHistory] = useState<History | null>(null);
  const [error, setError] = useState<DeployError | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` triggers a refetch
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setHistory(null);
    setError(null);
    const about = { app_name, app_file_workspace_path: app_file_workspace_path || null };
    deployer.history(about, { signal }).then(
      (found) => signal.aborted || setHistory(found),
      (thrown: unknown) => signal.aborted || setError(asDeployError(thrown)),
    );
    return () => controller.abort();
  }, [deployer, app_name, app_file_workspace_path, asked]);
  const look = useCallback(() => setAsked((times) => times + 1), []);
  return { history, error, look };
}
