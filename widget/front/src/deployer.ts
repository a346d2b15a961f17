/**
 * The form's deployer: runs the logic in this page if WebAssembly is allowed, with the kernel as its host;
 * otherwise uses the kernel's own.
 */
import type { DeployEvent, History, Operation, Status } from "@tellr/deployer/types";
import type { Arguments, DeployAppProps, RunOptions } from "../../../frontend/src/deploy";
import type { Kernel } from "./kernel";

type DeployerLike = DeployAppProps["deployer"];

/** The part of the module's class that is used here. */
export type PageDeployer = DeployerLike;

/** The host's functions, for the module. */
export interface Host {
  request(request: unknown): Promise<unknown>;
  schema(at: unknown, operation: unknown): Promise<unknown>;
  probe(probe: unknown): Promise<unknown>;
  sleep(durationMs: number): Promise<unknown>;
}

/** The time limit for a busy kernel: afterwards the logic has given up on the request. */
const REQUEST_TTL_MS = 45_000;

/** @param turn the run that this page drives; without one it may only read */
export function hostOf(kernel: Kernel, turn?: number): Host {
  const options = { ttlMs: REQUEST_TTL_MS };
  const driving = turn === undefined ? {} : { turn };
  return {
    request: (request) => kernel.call("request", { request, ...driving }, options),
    schema: (at, operation) => kernel.call("schema", { at, operation, ...driving }, options),
    probe: (probe) => kernel.call("probe", { probe }, options),
    sleep: (durationMs) => kernel.call("sleep", { duration_ms: durationMs }, { endless: true }),
  };
}

/** The kernel's answer to a page that wants to run something. */
interface Turn {
  /** All arguments: this page drives. */
  drive?: object;
  /** Has to be included in the page's requests. */
  turn?: number;
  /** The outcome, if it ran elsewhere. */
  result?: unknown;
  /** There was no run to follow. */
  none?: boolean;
}

/** A run in progress in this widget, with any driver. */
export interface Live {
  operation: Operation;
  app_name: string;
  /** Without a key or a wheel. */
  arguments: Arguments;
}

export class WidgetDeployer implements DeployerLike {
  readonly #kernel: Kernel;
  readonly #make: ((host: Host) => PageDeployer) | null;
  readonly #page: PageDeployer | null;
  #live: Live | null;

  /**
   * @param make creates the module's class in this page; null if WebAssembly is not allowed
   * @param live the run in progress when this page was loaded: the first call to run follows it
   */
  constructor(kernel: Kernel, make: ((host: Host) => PageDeployer) | null, live: Live | null) {
    this.#kernel = kernel;
    this.#make = make;
    this.#page = make?.(hostOf(kernel)) ?? null;
    this.#live = live;
  }

  validate: DeployerLike["validate"] = (config, operation) =>
    this.#page
      ? this.#page.validate(config, operation)
      : this.#kernel.call("ask", { question: { question: "validate", operation, config } }).then(
          () => undefined,
          (wrong) => wrong,
        );

  environments: DeployerLike["environments"] = (file) =>
    this.#page
      ? this.#page.environments(file)
      : (this.#ask({ question: "environments", file }) as Promise<string[]>);

  parseYaml: DeployerLike["parseYaml"] = (file, environment) =>
    this.#page
      ? this.#page.parseYaml(file, environment)
      : (this.#ask({
          question: "parse_yaml",
          file,
          environment: environment ?? null,
        }) as ReturnType<DeployerLike["parseYaml"]>);

  toYaml: DeployerLike["toYaml"] = (config) =>
    this.#page
      ? this.#page.toYaml(config)
      : (this.#ask({ question: "to_yaml", config }) as Promise<string>);

  plan: DeployerLike["plan"] = (operation, config, options) =>
    this.#page
      ? this.#page.plan(operation, config, options)
      : (this.#look(
          { operation: "plan", plan_of: operation, arguments: config },
          options,
        ) as ReturnType<DeployerLike["plan"]>);

  history: DeployerLike["history"] = (args, options) =>
    this.#page
      ? this.#page.history(args, options)
      : (this.#look({ operation: "history", arguments: args }, options) as Promise<History>);

  status: DeployerLike["status"] = (args, options) =>
    this.#page
      ? this.#page.status(args, options)
      : (this.#look({ operation: "status", arguments: args }, options) as Promise<Status>);

  create: DeployerLike["create"] = (config, options) =>
    this.#run("create", config, options) as ReturnType<DeployerLike["create"]>;

  update: DeployerLike["update"] = (config, options) =>
    this.#run("update", config, options) as ReturnType<DeployerLike["update"]>;

  delete: DeployerLike["delete"] = (config, options) =>
    this.#run("delete", config, options) as ReturnType<DeployerLike["delete"]>;

  rollback: DeployerLike["rollback"] = (config, options) =>
    this.#run("rollback", config, options) as ReturnType<DeployerLike["rollback"]>;

  restore: DeployerLike["restore"] = (config, options) =>
    this.#run("restore", config, options) as ReturnType<DeployerLike["restore"]>;

  async #run(operation: Operation, config: object, options: RunOptions): Promise<unknown> {
    if (this.#live !== null) {
      this.#live = null;
      return this.#follow(options);
    }
    const wanted = { operation, arguments: config, can_drive: this.#make !== null };
    const turn = (await this.#kernel.call("run", wanted, following(options))) as Turn;
    if (turn.drive === undefined || turn.turn === undefined || this.#make === null)
      return turn.result;
    const page = this.#make(hostOf(this.#kernel, turn.turn));
    return this.#drive(page, operation, turn.drive, turn.turn, options);
  }

  /** Shows the run that the kernel or another page drives, until its end. */
  async #follow(options: RunOptions): Promise<unknown> {
    const turn = (await this.#kernel.call("follow", {}, following(options))) as Turn;
    if (turn.none) throw OVER;
    return turn.result;
  }

  async #drive(
    page: PageDeployer,
    operation: Operation,
    config: object,
    turn: number,
    options: RunOptions,
  ): Promise<unknown> {
    const stopping = new AbortController();
    const signal = AbortSignal.any([options.signal, stopping.signal]);
    this.#kernel.onStop(() => stopping.abort());
    let driving = true;
    const takenOver = new Promise<Promise<unknown>>((resolve) => {
      this.#kernel.onTakenOver(() => {
        driving = false;
        // The page's requests are refused from now on; its run ends by itself.
        stopping.abort();
        resolve(this.#follow(options));
      });
    });
    const say = (kind: string, message: object) => {
      if (driving) this.#kernel.say(kind, { turn, ...message });
    };
    const onEvent = (event: DeployEvent) => {
      if (!driving) return;
      say("event", { event });
      options.onEvent(event);
    };
    const ended = page[operation](config, { onEvent, signal }).then(
      (result) => {
        say("ended", { result });
        return result as unknown;
      },
      (thrown) => {
        // The `message` of an `Error` isn't enumerable, so JSON omits it.
        const error = thrown instanceof Error ? { ...thrown, message: thrown.message } : thrown;
        say("ended", { error });
        if (driving) throw thrown;
        return takenOver;
      },
    );
    try {
      return await Promise.race([ended, takenOver]);
    } finally {
      this.#kernel.onStop(null);
      this.#kernel.onTakenOver(null);
    }
  }

  #ask(question: object): Promise<unknown> {
    return this.#kernel.call("ask", { question });
  }

  async #look(wanted: object, { signal }: { signal?: AbortSignal }): Promise<unknown> {
    const turn = (await this.#kernel.call("run", wanted, { signal })) as Turn;
    return turn.result;
  }
}

/** No time limit: a run takes as long as it takes, and the kernel reports its end. */
function following({ signal, onEvent }: RunOptions) {
  return { signal, onEvent, endless: true, onAbort: "stop" } as const;
}

/** In the format of the deployer's catalogue. */
const OVER = {
  code: "RUN_OVER",
  class: "deployment",
  message: "The run has ended",
  cause: "It ended while this page was loading",
  remedy: "Go back to the settings: they show the app’s status",
  docs: "",
};
