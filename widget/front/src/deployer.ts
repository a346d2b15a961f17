/**
 * The deployer that the form uses: the logic in this page where WebAssembly may run, with the kernel as
 * its host, and the kernel's own where not.
 */
import type { DeployEvent, Operation, Status } from "@tellr/deployer/types";
import type { Arguments, DeployAppProps, RunOptions } from "../../../frontend/src/deploy";
import type { Kernel } from "./kernel";

type DeployerLike = DeployAppProps["deployer"];

/** The module's class, as far as it is used here. */
export type PageDeployer = DeployerLike;

/** The host's functions, for the module. */
export interface Host {
  request(request: unknown): Promise<unknown>;
  schema(at: unknown, operation: unknown): Promise<unknown>;
  probe(probe: unknown): Promise<unknown>;
  sleep(durationMs: number): Promise<unknown>;
}

/** Longer than this a request waits for no busy kernel: the logic would no longer count on it. */
const REQUEST_TTL_MS = 45_000;

/** @param turn which run this page drives; without one it may only look */
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

/** What the kernel says to one that wants to run something. */
interface Turn {
  /** All arguments: this page drives. */
  drive?: object;
  /** What its requests have to carry. */
  turn?: number;
  /** How it ended, elsewhere. */
  result?: unknown;
  /** There was nothing to follow. */
  none?: boolean;
}

/** A run under way in this widget, whoever drives it. */
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
   * @param make the module in this page; null where WebAssembly may not run
   * @param live what was under way when this page came: the first thing that is run is following it
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

  /** Shows the run that the kernel drives, or another page, to its end. */
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
        // Its requests are refused from here on; it ends by itself.
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
        // An `Error` keeps its message where JSON doesn't see it.
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

/** A run takes as long as it takes, and the kernel tells its end. */
function following({ signal, onEvent }: RunOptions) {
  return { signal, onEvent, endless: true, onAbort: "stop" } as const;
}

/** In the shape of the deployer's catalogue. */
const OVER = {
  code: "RUN_OVER",
  class: "deployment",
  message: "The run has ended",
  cause: "It ended while this page was loading",
  remedy: "Go back to the settings: they show the app’s status",
  docs: "",
};
