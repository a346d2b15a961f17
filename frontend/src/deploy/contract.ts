/**
 * The interface between the deploy page and its shell.
 *
 * The page is one library with several shells: a route of the app, a notebook's widget. A shell provides a
 * deployer and optionally a store, and receives events. The library itself uses no router, no server, no
 * storage and no element outside its own, because in a notebook it runs in a shadow root, or in a frame
 * with an opaque origin where many browser APIs are unavailable.
 */
import type {
  CreateArguments,
  CreateResult,
  DeleteArguments,
  DeleteResult,
  DeployError,
  DeployEvent,
  History,
  Plan,
  RestoreArguments,
  RestoreResult,
  RollbackArguments,
  RollbackResult,
  Operation as RunOperation,
  Status,
  StatusArguments,
  UpdateArguments,
  UpdateResult,
} from "@tellr/deployer/types";
import type { ReactNode } from "react";
import type { FormValues } from "./form/values";
import type { RunPhase, StepView } from "./run/runState";

export type {
  CreateArguments,
  DeployError,
  DeployEvent,
  FieldChange,
  FieldValue,
  History,
  KeptBranch,
  Loss,
  Operation as RunOperation,
  Plan,
  PlannedStep,
  Release,
  ResourceChange,
  RestorePoint,
  SharedWith,
  Status,
  StatusArguments,
  StepState,
  WheelArgument,
} from "@tellr/deployer/types";

/** The operations that the form has settings for. The others are started from an app's releases. */
export type Operation = Exclude<RunOperation, "rollback" | "restore">;

/** Arguments of any of the operations. The operation determines which keys are used. */
export type Arguments = CreateArguments &
  UpdateArguments &
  DeleteArguments &
  RollbackArguments &
  RestoreArguments;

export type Result = CreateResult | UpdateResult | DeleteResult | RollbackResult | RestoreResult;

/** A value that is available at once or later: the class answers at once, a kernel does not. */
export type Soon<T> = T | Promise<T>;

/**
 * The part of `@tellr/deployer`'s class that the page uses. Exceptions have the catalogue's fields;
 * anything else is shown as a bug of this software.
 */
export interface DeployerLike {
  validate(config: Arguments, operation: Operation): Soon<DeployError | undefined>;
  environments(file: string): Soon<string[]>;
  parseYaml(file: string, environment?: string): Soon<CreateArguments>;
  toYaml(config: CreateArguments): Soon<string>;
  plan(operation: RunOperation, config: Arguments, options: PlanOptions): Promise<Plan>;
  status(args: StatusArguments, options: PlanOptions): Promise<Status>;
  history(args: StatusArguments, options: PlanOptions): Promise<History>;
  create(config: CreateArguments, options: RunOptions): Promise<CreateResult>;
  update(config: UpdateArguments, options: RunOptions): Promise<UpdateResult>;
  delete(config: DeleteArguments, options: RunOptions): Promise<DeleteResult>;
  rollback(config: RollbackArguments, options: RunOptions): Promise<RollbackResult>;
  restore(config: RestoreArguments, options: RunOptions): Promise<RestoreResult>;
}

export interface PlanOptions {
  signal: AbortSignal;
}

export interface RunOptions extends PlanOptions {
  onEvent: (event: DeployEvent) => void;
}

/** The state that survives a reload. Holds neither the key nor a wheel. */
export interface Remembered {
  operation: Operation;
  values: FormValues;
  /** The run that this page was showing last and whose end it has not seen. */
  run?: { id: string; operation: RunOperation; appName: string } | undefined;
}

/** The page's storage. The methods must not throw. */
export interface DeployStore {
  load(): Remembered | null;
  save(remembered: Remembered): void;
}

/** Sent to the shell on every change. Holds neither the key nor a wheel. */
export interface DeploySnapshot {
  view: "form" | "review" | "run";
  /** The form's operation; while a run is shown, the run's. */
  operation: RunOperation;
  /** The form's values as arguments; while a run is shown, the run's. */
  arguments: Arguments;
  phase: RunPhase;
  steps: readonly StepView[];
  result: Result | null;
  error: DeployError | null;
}

export type Theme = "auto" | "light" | "dark";

export interface DeployAppProps {
  deployer: DeployerLike;
  /** The form's initial values, if none are stored. */
  defaults?: Arguments;
  /** Survives a reload; without it, the form starts empty. */
  store?: DeployStore;
  onChange?: (snapshot: DeploySnapshot) => void;
  /** The workspace and the user; the app's status is fetched again when this changes. */
  where?: { workspace: string; user?: string | undefined } | undefined;
  /** A run that is already in progress: shown first, by starting it with these arguments. */
  live?: { operation: RunOperation; given: Arguments } | undefined;
  /** A message of the shell that is shown first, such as how to sign in. */
  notice?: ReactNode;
  /** `auto` follows the `color-scheme` of the surrounding page. */
  theme?: Theme;
  /** The level of the page's heading: 1 where it is a page of its own. */
  headingLevel?: 1 | 2;
}
