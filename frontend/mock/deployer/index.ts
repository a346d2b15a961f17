/**
 * A deployer with an invented workspace, for working on the page and for tests.
 *
 * The app's name says what happens: `tellr` goes well, `tellr-there` exists, `tellr-locked` is somebody
 * else's at the moment, `tellr-unfinished` can be resumed, and `tellr-slow-compute`,
 * `tellr-crash`, `tellr-expired` and `tellr-hostile` fail in their ways. `tellr-unhealthy` exists, and an update
 * of it isn't healthy; `tellr-same` exists, and an update of it changes nothing.
 */
import type {
  Arguments,
  CreateArguments,
  DeployError,
  DeployEvent,
  DeployerLike,
  History,
  Operation,
  Plan,
  PlanOptions,
  Result,
  RunOperation,
  RunOptions,
  Status,
  StatusArguments,
} from "../../src/deploy/contract";
import { alreadyExists, CANCELLED, LOCKED, notFound } from "./errors.ts";
import { environments, parseYaml, toYaml, validate } from "./form.ts";
import { planFor, STAYS } from "./plans.ts";
import { KEPT_BRANCH, MockReleases } from "./releases.ts";
import { eventsOf, RUN_ID } from "./script.ts";
import { namesOf, scriptFor } from "./scripts.ts";

const THERE = new Set(["tellr-there", "tellr-locked", "tellr-unhealthy", "tellr-same"]);
const UNFINISHED = "tellr-unfinished";

export interface Mock {
  /** How long things take, beside reality; 0 for no time at all. */
  pace: number;
}

export class MockDeployer implements DeployerLike {
  readonly #pace: number;
  readonly #there = new Set(THERE);
  readonly #releases = new MockReleases();
  /** What was asked for, for tests. */
  readonly asked: { operation: RunOperation; given: Arguments }[] = [];

  constructor({ pace }: Mock) {
    this.#pace = pace;
  }

  validate(config: Arguments, operation: Operation) {
    return validate(config, operation);
  }

  environments(file: string) {
    return environments(file);
  }

  parseYaml(file: string, environment?: string) {
    return parseYaml(file, environment);
  }

  toYaml(config: CreateArguments) {
    return toYaml(config);
  }

  async plan(operation: RunOperation, given: Arguments, { signal }: PlanOptions): Promise<Plan> {
    await this.#pass(900, signal);
    this.#refuse(operation, given);
    const release = this.#releases.target(given);
    const plan = planFor(operation, given);
    return operation === "rollback"
      ? { ...plan, notes: [backTo(release, this.#releases.versionOf(given, release))] }
      : plan;
  }

  async status(args: StatusArguments, { signal }: PlanOptions): Promise<Status> {
    await this.#pass(700, signal);
    const { app, folder, url } = namesOf(args);
    const base: Status = { app_name: app, app_file_workspace_path: folder, can_resume: false };
    if (app === UNFINISHED) {
      return {
        ...base,
        can_resume: true,
        last_run: {
          id: RUN_ID,
          operation: "create",
          by: "ada@example.com",
          started_at: "2026-11-25T13:15:26Z",
          status: "failed",
          arguments: { app_name: app, lakebase_compute: "CU_2" },
        },
      };
    }
    if (!this.#there.has(app)) return base;
    return {
      ...base,
      app: { url, creator: "ada@example.com", compute: "ACTIVE", state: "RUNNING" },
      lakebase_name: "tellr-db",
      lakebase_type: "autoscaling",
      schema_name: "app_data",
      app_package: "tellr-app",
      app_version: "0.1.0",
      ...(app === "tellr-locked"
        ? {
            lock: {
              id: "828587f51ef90dac",
              holder: "ben@example.com",
              operation: "update",
              since: "2026-11-25T13:12:04Z",
              expires_at: "2026-11-25T13:16:04Z",
            },
          }
        : {}),
    };
  }

  async history(args: StatusArguments, { signal }: PlanOptions): Promise<History> {
    await this.#pass(700, signal);
    const { app } = namesOf(args);
    if (!this.#there.has(app)) throw thrown(notFound(app));
    return this.#releases.history(args);
  }

  create(given: Arguments, options: RunOptions) {
    return this.#run("create", given, options, (names) => ({
      url: names.url,
      app_name: names.app,
      lakebase_name: names.database,
      schema_name: names.schema,
      status: "created",
      release: this.#releases.deployed("create", given),
      lakebase_type: "autoscaling",
      steps: [],
    }));
  }

  update(given: Arguments, options: RunOptions) {
    const reset = given.reset_database === true;
    return this.#run("update", given, options, (names) => ({
      url: names.url,
      app_name: names.app,
      deployment_id: "69630f7593d108c3417ef96181daa383",
      status: "updated",
      release: this.#releases.deployed("update", given),
      database_reset: reset,
      lakebase_type: "autoscaling",
      ...(reset ? { restore_point: POINT } : {}),
      steps: [],
    }));
  }

  delete(given: Arguments, options: RunOptions) {
    const reset = given.reset_database === true;
    return this.#run("delete", given, options, (names) => ({
      app_name: names.app,
      status: "deleted",
      database_reset: reset,
      lakebase_type: "autoscaling",
      ...(reset ? { restore_point: POINT } : {}),
      steps: [],
    }));
  }

  rollback(given: Arguments, options: RunOptions) {
    return this.#run("rollback", given, options, (names) => {
      const target = this.#releases.target(given);
      return {
        url: names.url,
        app_name: names.app,
        status: "rolled_back",
        release: this.#releases.deployed("rollback", given),
        returned_to: target,
        version: this.#releases.versionOf(given, target),
        stays: STAYS,
        deployment_id: "69630f7593d108c3417ef96181daa384",
        steps: [],
      };
    });
  }

  restore(given: Arguments, options: RunOptions) {
    return this.#run("restore", given, options, (names) => {
      const branches = "projects/tellr-db/branches";
      const before = this.#releases.branchOf(given);
      return {
        url: names.url,
        app_name: names.app,
        status: "restored",
        release: this.#releases.deployed("restore", given),
        restored_from: `${branches}/${given.restore_from ?? KEPT_BRANCH}`,
        branch: `${branches}/${this.#releases.branchOf(given)}`,
        previous_branch: `${branches}/${before}`,
        deployment_id: "69630f7593d108c3417ef96181daa385",
        steps: [],
      };
    });
  }

  async #run<R extends Result>(
    operation: RunOperation,
    given: Arguments,
    { onEvent, signal }: RunOptions,
    resultOf: (names: ReturnType<typeof namesOf>) => R,
  ): Promise<R> {
    this.asked.push({ operation, given });
    this.#refuse(operation, given);
    const names = namesOf(given);
    let at = 0;
    let failure: DeployError | undefined;
    for (const event of eventsOf(scriptFor(operation, given))) {
      await this.#pass(event.elapsed_ms - at, signal);
      at = event.elapsed_ms;
      onEvent(this.#paced(event));
      if (event.kind === "failed") failure = event.error;
    }
    if (failure) throw thrown(failure);
    if (operation === "delete") this.#there.delete(names.app);
    else this.#there.add(names.app);
    return resultOf(names);
  }

  #refuse(operation: RunOperation, given: Arguments) {
    const wrong = validate(given, operation);
    if (wrong) throw thrown(wrong);
    const { app } = namesOf(given);
    if (app === "tellr-locked") throw thrown(LOCKED);
    const there = this.#there.has(app);
    if (operation === "create" && there) throw thrown(alreadyExists(app));
    if (operation !== "create" && !there) throw thrown(notFound(app));
    const refusal = this.#releases.refusal(operation, given);
    if (refusal) throw thrown(refusal);
  }

  #paced(event: DeployEvent): DeployEvent {
    if (this.#pace === 0) return event;
    const { elapsed_ms, step_elapsed_ms } = event;
    const scale = (ms: number) => Math.round(ms * this.#pace);
    return {
      ...event,
      elapsed_ms: scale(elapsed_ms),
      ...(step_elapsed_ms === undefined ? {} : { step_elapsed_ms: scale(step_elapsed_ms) }),
    };
  }

  /** Lets time pass; a signal ends it, as cancelling does: a little later. */
  async #pass(ms: number, signal: AbortSignal): Promise<void> {
    if (ms > 0 && this.#pace > 0) await pause(ms * this.#pace, signal);
    if (signal.aborted) throw thrown(CANCELLED);
  }
}

const POINT = {
  branch: "projects/tellr-db/branches/pre-reset-20261125-131535",
  expires_at: "2026-12-02T13:15:35Z",
};

function backTo(release: number, version: string): string {
  return `Deploy release ${release} again, instead of the deployed one: \`tellr-app\` ${version}, with its files and settings`;
}

/** As the class throws: an `Error` that has the catalogue's fields. */
function thrown(error: DeployError): Error {
  return Object.assign(new Error(error.message), error);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const STOPPING_MS = 600;
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      setTimeout(resolve, Math.min(ms, STOPPING_MS));
    });
  });
}
