import { useCallback, useEffect, useState } from "react";
import type { DeployError, DeployerLike, Plan } from "../contract";
import { asDeployError } from "../failure/asDeployError";
import type { Request } from "../request";

export interface Planned {
  plan: Plan | null;
  error: DeployError | null;
  look(): void;
}

/** Fetches the plan of `request` from the workspace, which changes nothing there. */
export function usePlan(deployer: DeployerLike, request: Request): Planned {
  const [asked, setAsked] = useState(0);
  const [plan, setPlan] = useState<Plan | null>(null);
  const [error, setError] = useState<DeployError | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` triggers a refetch
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setPlan(null);
    setError(null);
    deployer.plan(request.operation, request.given, { signal }).then(
      (found) => signal.aborted || setPlan(found),
      (thrown: unknown) => signal.aborted || setError(asDeployError(thrown)),
    );
    return () => controller.abort();
  }, [deployer, request, asked]);
  const look = useCallback(() => setAsked((times) => times + 1), []);
  return { plan, error, look };
}
