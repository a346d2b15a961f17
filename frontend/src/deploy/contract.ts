/**
 * What the deploy page needs from whoever shows it.
 *
 * The page is one library with several shells: a route of the app, a notebook's widget. A shell hands
 * in a deployer, perhaps a place to remember things in, and hears what happens. The library itself
 * knows no router, no server, no storage and no element outside its own, as in a notebook it lives in
 * a shadow root, or in a frame of an origin of its own where half of a browser's interfaces refuse.
 */
import type {
  CreateArguments,
  CreateResult,
  DeleteArguments,
  DeleteResult,
  DeployError,
  DeployEvent,
  Operation,
  Plan,
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
  Loss,
  Operation,
  Plan,
  PlannedStep,
  RestorePoint,
  Status,
  StatusArguments,
  StepState,
  WheelArgument,
} from "@tellr/deployer/types";

/** Arguments of any of the three operations. Which keys count, the operation says. */
export type Arguments = CreateArguments & UpdateArguments & DeleteArguments;

export type Result = CreateResult | UpdateResult | DeleteResult;

/** What may be answered at once, or later: the class answers at once, a kernel does not. */
export type Soon<T> = T | Promise<T>;

/**
 * The part of `@tellr/deployer`'s class that the page uses. What is thrown or rejected has the
 * catalogue's fields; anything else is shown as a mistake of this software.
 */
export interface DeployerLike {
  validate(config: Arguments, operation: Operation): Soon<DeployError | undefined>;
  environments(file: string): Soon<string[]>;
  parseYaml(file: string, environment?: string): Soon<CreateArguments>;
  toYaml(config: CreateArguments): Soon<string>;
  plan(operation: Operation, config: Arguments, options: PlanOptions): Promise<Plan>;
  status(args: StatusArguments, options: PlanOptions): Promise<Status>;
  create(config: CreateArguments, options: RunOptions): Promise<CreateResult>;
  update(config: UpdateArguments, options: RunOptions): Promise<UpdateResult>;
  delete(config: DeleteArguments, options: RunOptions): Promise<DeleteResult>;
}

export interface PlanOptions {
  signal: AbortSignal;
}

export interface RunOptions extends PlanOptions {
  onEvent: (event: DeployEvent) => void;
}

/** What outlives a reload. Holds neither the key nor a wheel. */
export interface Remembered {
  operation: Operation;
  values: FormValues;
  /** The run that this page was following last, until it saw its end. */
  run?: { id: string; operation: Operation; appName: string } | undefined;
}

/** Where the page remembers. Neither may throw. */
export interface DeployStore {
  load(): Remembered | null;
  save(remembered: Remembered): void;
}

/** What a shell hears whenever it changes. Holds neither the key nor a wheel. */
export interface DeploySnapshot {
  view: "form" | "review" | "run";
  operation: Operation;
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
  /** What the form begins with, where nothing is remembered. */
  defaults?: Arguments;
  /** Outlives a reload; without one, the form begins anew. */
  store?: DeployStore;
  onChange?: (snapshot: DeploySnapshot) => void;
  /** Which workspace this is about, and as whom; looked at again when it changes. */
  where?: { workspace: string; user?: string | undefined } | undefined;
  /** A run that is under way already: it is shown first, by starting it with these arguments. */
  live?: { operation: Operation; given: Arguments } | undefined;
  /** Something that the shell has to say first, such as how to sign in. */
  notice?: ReactNode;
  /** `auto` follows the surroundings' `color-scheme`. */
  theme?: Theme;
  /** The level of the page's heading: 1 where it is a page of its own. */
  headingLevel?: 1 | 2;
}
