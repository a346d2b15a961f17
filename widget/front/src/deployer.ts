/**
 * The deployer that the form uses: the logic in this page where WebAssembly may run, with the kernel as
 * its host, and the kernel's own where not.
 */
import type { DeployEvent, Operation, Status } from "@tellr/deployer/types";
import type { DeployAppProps, RunOptions } from "../../../frontend/src/deploy";
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

export function hostOf(kernel: Kernel): Host {
  return {
    request: (request) => kernel.call("request", { request }, { ttlMs: REQUEST_TTL_MS }),
    schema: (at, operation) => kernel.call("schema", { at, operation }, { ttlMs: REQUEST_TTL_MS }),
    probe: (probe) => kernel.call("probe", { probe }, { ttlMs: REQUEST_TTL_MS }),
    sleep: (durationMs) => kernel.call("sleep", { duration_ms: durationMs }, { endless: true }),
  };
}

/** What the kernel says to one that wants to run something. */
interface Turn {
  /** All arguments: this page drives. */
  drive?: object;
  /** How it ended, elsewhere. */
  result?: unknown;
}

/** A run that goes on in this widget, whoever drives it. */
export interface Live {
  operation: Operation;
  app_name: string;
}

export class WidgetDeployer implements DeployerLike {
  readonly #kernel: Kernel;
  readonly #page: PageDeployer | null;
  #live: Live | null;

  /** @param page the module in this page; null where WebAssembly may not run */
  constructor(kernel: Kernel, page: PageDeployer | null, live: Live | null) {
    this.#kernel = kernel;
    this.#page = page;
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

  status: DeployerLike["status"] = async (args, options) => {
    const status = this.#page
      ? await this.#page.status(args, options)
      : ((await this.#look({ operation: "status", arguments: args }, options)) as Status);
    return this.#live?.app_name === status.app_name ? toGoOnWith(status) : status;
  };

  create: DeployerLike["create"] = (config, options) =>
    this.#run("create", config, options) as ReturnType<DeployerLike["create"]>;

  update: DeployerLike["update"] = (config, options) =>
    this.#run("update", config, options) as ReturnType<DeployerLike["update"]>;

  delete: DeployerLike["delete"] = (config, options) =>
    this.#run("delete", config, options) as ReturnType<DeployerLike["delete"]>;

  async #run(operation: Operation, config: object, options: RunOptions): Promise<unknown> {
    const wanted = { operation, arguments: config, can_drive: this.#page !== null };
    const { signal, onEvent } = options;
    const turn = (await this.#kernel.call("run", wanted, {
      signal,
      onEvent,
      endless: true,
      onAbort: "stop",
    })) as Turn;
    this.#live = null;
    if (turn.drive === undefined || this.#page === null) return turn.result;
    return this.#drive(this.#page, operation, turn.drive, options);
  }

  async #drive(page: PageDeployer, operation: Operation, config: object, options: RunOptions) {
    const stopping = new AbortController();
    const signal = AbortSignal.any([options.signal, stopping.signal]);
    this.#kernel.onStop(() => stopping.abort());
    const onEvent = (event: DeployEvent) => {
      this.#kernel.say("event", { event });
      options.onEvent(event);
    };
    try {
      const result = await page[operation](config, { onEvent, signal });
      this.#kernel.say("ended", { result });
      return result;
    } catch (thrown) {
      // An `Error` keeps its message where JSON doesn't see it.
      const error = thrown instanceof Error ? { ...thrown, message: thrown.message } : thrown;
      this.#kernel.say("ended", { error });
      throw thrown;
    } finally {
      this.#kernel.onStop(null);
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

/** Who holds the lock is this widget's own kernel, so there is a run to go on with, and nobody in the way. */
function toGoOnWith({ lock: _, ...status }: Status): Status {
  return { ...status, can_resume: status.last_run !== undefined };
}
