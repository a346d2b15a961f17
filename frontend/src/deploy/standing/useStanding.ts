import { useCallback, useEffect, useState } from "react";
import type { DeployError, DeployerLike, Status } from "../contract";
import { asDeployError } from "../failure/asDeployError";

/** The status of an app in the workspace, as far as it is known. */
export interface Standing {
  /** Nothing is known about this app yet. */
  looking: boolean;
  status: Status | null;
  error: DeployError | null;
  look(): void;
}

/** The delay after typing before an app's name counts as complete. */
const TYPING_MS = 500;
/** How often another user's run is checked. */
const LOCKED_MS = 5_000;

interface App {
  app_name: string;
  app_file_workspace_path: string;
}

/**
 * Fetches the status of an app: at once, again when the name changes, and every few seconds while a run is
 * in progress on it.
 *
 * @param wanted whether to fetch at all: not for an invalid name, nor while a run shows more
 */
export function useStanding(deployer: DeployerLike, app: App, wanted: boolean): Standing {
  const about = useSettled(app);
  const { app_name, app_file_workspace_path } = about;
  // During typing, neither the old nor the new name is queried.
  const settled = wanted && isSame(about, app);
  const [asked, setAsked] = useState(0);
  const [answer, setAnswer] = useState<(App & Pick<Standing, "status" | "error">) | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` triggers a refetch
  useEffect(() => {
    if (!settled) return;
    const controller = new AbortController();
    const tell = (status: Status | null, error: DeployError | null) => {
      if (controller.signal.aborted) return;
      setAnswer({ app_name, app_file_workspace_path, status, error });
    };
    const asks = {
      app_name: app_name || null,
      app_file_workspace_path: app_file_workspace_path || null,
    };
    deployer.status(asks, { signal: controller.signal }).then(
      (status) => tell(status, null),
      (thrown: unknown) => tell(null, asDeployError(thrown)),
    );
    return () => controller.abort();
  }, [deployer, app_name, app_file_workspace_path, asked, settled]);

  // A result from before an operation is outdated afterwards.
  useEffect(() => {
    if (!wanted) setAnswer(null);
  }, [wanted]);

  const look = useCallback(() => setAsked((times) => times + 1), []);
  const locked = wanted && answer?.status?.lock !== undefined;
  useEffect(() => {
    if (!locked) return;
    const timer = setInterval(look, LOCKED_MS);
    return () => clearInterval(timer);
  }, [locked, look]);

  // The status of another app doesn't apply to this one.
  const known = answer !== null && isSame(answer, app) ? answer : null;
  return {
    looking: wanted && known === null,
    status: known?.status ?? null,
    error: known?.error ?? null,
    look,
  };
}

/** `app`, once it has not changed for a while. */
function useSettled({ app_name, app_file_workspace_path }: App): App {
  const [settled, setSettled] = useState<App>({ app_name, app_file_workspace_path });
  useEffect(() => {
    const next = { app_name, app_file_workspace_path };
    const timer = setTimeout(
      () => setSettled((before) => (isSame(before, next) ? before : next)),
      TYPING_MS,
    );
    return () => clearTimeout(timer);
  }, [app_name, app_file_workspace_path]);
  return settled;
}

function isSame(one: App, other: App): boolean {
  return (
    one.app_name === other.app_name && one.app_file_workspace_path === other.app_file_workspace_path
  );
}
