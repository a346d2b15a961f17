/**
 * The exports of this tab, followed until they have ended, whether or not a dialog shows them.
 *
 * It lives outside of React, like a conversation. A file is downloaded by itself when it is ready. What runs, and
 * what can be downloaded again, outlives a reload of the page; it is kept for the tab only.
 */

import { ApiError } from "../api/client";
import {
  type Choice,
  cancelExport,
  type ExportedFile,
  exportedFile,
  isKept,
  readExport,
  startExport,
} from "../api/exports";
import { followJob } from "../api/jobEvents";
import { keyOf } from "./choices";
import type { Prepare } from "./deck";
import { applied, begun, type Export, ended, failed, isActive, type Problem } from "./exportState";
import { keep, kept } from "./kept";

/** What the exports ask of the server, and of the browser. */
export interface Surroundings {
  start: typeof startExport;
  read: typeof readExport;
  cancel: typeof cancelExport;
  follow: typeof followJob;
  isKept: typeof isKept;
  download: (address: string, name: string) => void;
  now: () => number;
}

const GONE: Problem = {
  message: "The export can’t be followed any more. Start it again.",
  code: "gone",
  status: null,
};

export class Exports {
  private all: readonly Export[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly followed = new Map<Export["job"], AbortController>();

  constructor(private readonly around: Surroundings = REAL) {
    for (const one of kept()) {
      this.all = [...this.all, one];
      if (isActive(one)) void this.follow(one);
    }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly get = (): readonly Export[] => this.all;

  /** Exports a deck as chosen, unless it is being done. `saved`: the changes that aren't on the server are sent. */
  async start(session: string, choice: Choice, slides: number, saved: Prepare): Promise<void> {
    const before = this.find(session, choice);
    if (before && isActive(before)) return;
    const begin = begun(session, choice, slides);
    this.put(begin);
    try {
      const unsaved = await saved();
      if (unsaved !== null) {
        return this.put(failed(begin, { message: unsaved, code: "unsaved", status: null }));
      }
      const isCancelled = () => this.find(session, choice)?.isCancelling ?? false;
      if (isCancelled()) return this.put({ ...begin, phase: "cancelled" });
      const job = await this.around.start(session, choice);
      const next: Export = { ...begin, job, phase: "queued", isCancelling: isCancelled() };
      this.put(next);
      if (next.isCancelling) void this.cancel(next);
      await this.follow(next);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.put(failed(begin, problemOf(error)));
    }
  }

  async cancel(one: Export): Promise<void> {
    this.change(one, (now) => ({ ...now, isCancelling: true }));
    if (one.job === null) return;
    try {
      await this.around.cancel(one.job);
      // A job that waits has no worker to say that it has ended.
      await this.look(one);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // It may have ended a moment before.
      await this.look(one);
      this.change(one, (now) => ({ ...now, isCancelling: false }));
    }
  }

  /** Downloads a file again, if the server still has it. */
  async download(one: Export, file: ExportedFile): Promise<void> {
    const isExpired = Date.parse(file.expires_at) <= this.around.now();
    try {
      if (isExpired || !(await this.around.isKept(file))) {
        return this.change(one, (now) => ({ ...now, phase: "expired", result: null }));
      }
      this.change(one, (now) => ({ ...now, problem: null }));
      this.around.download(exportedFile(file), file.name);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.change(one, (now) => ({ ...now, problem: problemOf(error) }));
    }
  }

  /** The ends of a deck's exports were seen. */
  see(session: string) {
    const isNew = (one: Export) => one.session === session && !isActive(one) && !one.isSeen;
    if (!this.all.some(isNew)) return;
    this.set(this.all.map((one) => (isNew(one) ? { ...one, isSeen: true } : one)));
  }

  /** Follows nothing any more. */
  close() {
    for (const controller of this.followed.values()) controller.abort();
    this.followed.clear();
  }

  private async follow(one: Export): Promise<void> {
    const { job } = one;
    if (job === null) return;
    const controller = new AbortController();
    const { signal } = controller;
    this.followed.set(job, controller);
    await this.around.follow(job, {
      after: one.lastEvent,
      signal,
      onEvents: (events) => this.change(one, (now) => events.reduce(applied, now)),
    });
    this.followed.delete(job);
    if (signal.aborted) return;
    await this.look(one);
    // Its end was never seen here, and the server doesn't know the job any more.
    this.change(one, (now) => (isActive(now) ? failed(now, GONE) : now));
  }

  /** Reads how the job stands, in case an event didn't say it. */
  private async look(one: Export): Promise<void> {
    const now = this.now(one);
    if (!now || now.job === null || !isActive(now)) return;
    const { job } = now;
    const found = await this.around.read(job, new AbortController().signal).catch(() => null);
    if (found) this.change(one, (still) => (isActive(still) ? ended(still, found) : still));
  }

  /** Changes an export, unless another has taken its place. */
  private change(one: Export, how: (now: Export) => Export) {
    const now = this.now(one);
    if (!now) return;
    const next = how(now);
    if (next === now) return;
    this.put(next);
    const { result } = next;
    if (isActive(now) && next.phase === "done" && result && "file_id" in result) {
      this.around.download(exportedFile(result), result.name);
    }
  }

  private now({ session, choice, job }: Export): Export | undefined {
    const found = this.find(session, choice);
    return found && (job === null || found.job === job) ? found : undefined;
  }

  private find(session: string, choice: Choice): Export | undefined {
    return this.all.find((one) => isOf(one, session, choice));
  }

  private put(next: Export) {
    const { session, choice } = next;
    const others = this.all.filter((one) => !isOf(one, session, choice));
    this.set([...others, next]);
  }

  private set(all: readonly Export[]) {
    this.all = all;
    keep(all);
    for (const listener of this.listeners) listener();
  }
}

function isOf(one: Export, session: string, choice: Choice): boolean {
  return one.session === session && keyOf(one.choice) === keyOf(choice);
}

function problemOf({ message, code, status }: ApiError): Problem {
  return { message, code, status };
}

/** The server names the file, and says that it is to be saved. */
function download(address: string, name: string) {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

const REAL: Surroundings = {
  start: startExport,
  read: readExport,
  cancel: cancelExport,
  follow: followJob,
  isKept,
  download,
  now: Date.now,
};
