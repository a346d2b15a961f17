import { useCallback, useEffect, useReducer, useRef } from "react";
import type {
  Arguments,
  DeployError,
  DeployerLike,
  Result,
  RunOperation,
  RunOptions,
} from "../contract";
import { asDeployError } from "../failure/asDeployError";
import { IDLE, type RunState, reduceRun } from "./runState";

export interface Deployment {
  run: RunState;
  start(operation: RunOperation, given: Arguments): void;
  /** Asks the run to stop; it continues to its next safe point. */
  stop(): void;
  clear(): void;
}

/** Runs the deployer, one run at a time, and keeps its events. */
export function useDeployment(deployer: DeployerLike): Deployment {
  const [run, act] = useReducer(reduceRun, IDLE);
  const current = useRef<AbortController | null>(null);

  // Once the page is closed, the run is no longer visible; it stops at a safe point and can be resumed.
  useEffect(() => () => current.current?.abort(), []);

  const start = useCallback(
    (operation: RunOperation, given: Arguments) => {
      current.current?.abort();
      const controller = new AbortController();
      current.current = controller;
      const isCurrent = () => current.current === controller;
      act({ type: "begin", operation, appName: given.app_name ?? "tellr", at: performance.now() });
      const options: RunOptions = {
        signal: controller.signal,
        onEvent: (event) => {
          if (isCurrent()) act({ type: "event", event, at: performance.now() });
        },
      };
      carryOut(deployer, operation, given, options).then(
        (result) => isCurrent() && act({ type: "result", result, at: performance.now() }),
        (thrown: unknown) => {
          const error: DeployError = asDeployError(thrown);
          if (isCurrent()) act({ type: "error", error, at: performance.now() });
        },
      );
    },
    [deployer],
  );

  const stop = useCallback(() => {
    act({ type: "stop" });
    current.current?.abort();
  }, []);

  const clear = useCallback(() => {
    current.current = null;
    act({ type: "clear" });
  }, []);

  return { run, start, stop, clear };
}

async function carryOut(
  deployer: DeployerLike,
  operation: RunOperation,
  given: Arguments,
  options: RunOptions,
): Promise<Result> {
  switch (operation) {
    case "create":
      return deployer.create(given, options);
    case "update":
      return deployer.update(given, options);
    case "delete":
      return deployer.delete(given, options);
    case "rollback":
      return deployer.rollback(given, options);
    case "restore":
      return deployer.restore(given, options);
  }
}
