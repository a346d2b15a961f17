/** The releases of the invented apps, and the branches that their data can be restored from. */
import type {
  Arguments,
  DeployError,
  History,
  KeptBranch,
  Release,
  RunOperation,
} from "../../src/deploy/contract";
import { releaseTooOld, releaseUnknown } from "./errors.ts";
import { namesOf } from "./scripts.ts";

const FOLDER = "projects/tellr-db/branches";
/** The restore point of a reset. */
export const KEPT_BRANCH = "pre-reset-20261118-091500";
/** A release whose program is older than the tables. */
const TOO_OLD = 1;

type Described = Pick<Release, "number" | "operation" | "at" | "version"> & Partial<Release>;

function release({ number, ...rest }: Described): Release {
  return {
    number,
    by: "ada@example.com",
    run: `run-${number}`,
    state: "healthy",
    package: "tellr-app",
    settings: {},
    files: [],
    ...rest,
  };
}

function firstOf(app: string): Release[] {
  const wheel = `wheels/0123456789ab/tellr_app-0.0.8-py3-none-any.whl`;
  return [
    release({ number: 1, operation: "create", at: "2026-11-10T09:00:00Z", version: "0.0.7" }),
    release({
      number: 2,
      operation: "update",
      at: "2026-11-16T08:30:00Z",
      version: "0.0.8",
      files: [{ name: wheel, sha256: "00", removed: true }],
    }),
    release({ number: 3, operation: "update", at: "2026-11-18T09:20:00Z", version: "0.0.9" }),
    release({
      number: 4,
      operation: "update",
      by: "ben@example.com",
      at: "2026-11-20T14:05:00Z",
      version: "0.0.10",
      state: "failed",
      problem: `The app \`${app}\` was deployed but doesn't answer`,
      put_back: 3,
    }),
    release({ number: 5, operation: "update", at: "2026-11-24T10:45:00Z", version: "0.1.0" }),
  ];
}

export class MockReleases {
  readonly #releases = new Map<string, Release[]>();
  readonly #branches = new Map<string, string>();

  history(given: Arguments): History {
    const { app, folder } = namesOf(given);
    const releases = this.#of(app);
    const up = releases.filter(({ state }) => state === "healthy");
    const current = up.at(-1)?.number;
    const previous = up.at(-2)?.number;
    return {
      app_name: app,
      app_file_workspace_path: folder,
      ...(current === undefined ? {} : { current }),
      ...(previous === undefined ? {} : { previous }),
      releases: releases.toReversed(),
      branch: `${FOLDER}/${this.#branchOf(app)}`,
      restore_points: this.#kept(app),
    };
  }

  /** Why an operation is refused, before anything is changed. */
  refusal(operation: RunOperation, given: Arguments): DeployError | null {
    if (operation !== "rollback") return null;
    const { app } = namesOf(given);
    const number = this.target(given);
    if (!this.#of(app).some((one) => one.number === number)) return releaseUnknown(app, number);
    return number === TOO_OLD ? releaseTooOld(app, number) : null;
  }

  /** The release to go back to. */
  target(given: Arguments): number {
    return Number(given.to_release ?? this.history(given).previous);
  }

  versionOf(given: Arguments, number: number): string {
    const found = this.#of(namesOf(given).app).find((one) => one.number === number);
    return found?.version ?? "0.1.0";
  }

  /** Records what a run has deployed; returns the release's number. */
  deployed(operation: RunOperation, given: Arguments): number {
    const { app } = namesOf(given);
    const releases = operation === "create" ? [] : this.#of(app);
    const number = (releases.at(-1)?.number ?? 0) + 1;
    const target = operation === "rollback" ? this.target(given) : null;
    const last = releases.at(-1)?.version ?? "0.1.0";
    const version = target === null ? given.app_version : this.versionOf(given, target);
    if (operation === "restore") {
      this.#branches.set(app, `restored-20261125-131526`);
    }
    const made = release({
      number,
      operation,
      at: "2026-11-25T13:15:26Z",
      version: version ?? last,
      ...(target === null ? {} : { returned_to: target }),
    });
    this.#releases.set(app, [...releases, made]);
    return number;
  }

  branchOf(given: Arguments): string {
    return this.#branchOf(namesOf(given).app);
  }

  #of(app: string): Release[] {
    return this.#releases.get(app) ?? firstOf(app);
  }

  #branchOf(app: string): string {
    return this.#branches.get(app) ?? "production";
  }

  #kept(app: string): KeptBranch[] {
    const used = this.#branchOf(app);
    const all = [...new Set([used, KEPT_BRANCH, "production"])];
    return all.map((id) => ({
      id,
      is_restore_point: id === KEPT_BRANCH,
      is_own: true,
      in_use: id === used,
      created_at: id === KEPT_BRANCH ? "2026-11-18T09:15:00Z" : "2026-11-10T09:00:00Z",
      ...(id === KEPT_BRANCH ? { expires_at: "2026-11-25T09:15:00Z" } : {}),
    }));
  }
}
