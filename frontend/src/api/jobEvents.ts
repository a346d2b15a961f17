/**
 * Follows the events of a job until it has ended.
 *
 * As a stream, resumed with `Last-Event-ID`. `EventSource` isn't used: it can't be told where to begin, and it can't
 * tell a proxy that holds an answer back from a job that is quiet. Where nothing of a stream arrives in time
 * (the server begins each one with a line), or the server has no stream left, the events are polled with `?after=`.
 */
import * as v from "valibot";
import { ApiError, fetchJson } from "./client";
import { EventStreamReader, type StreamEvent } from "./eventStream";
import { fieldsOf } from "./schema";
import type * as api from "./schema.generated";

const eventSchema = fieldsOf<Omit<api.JobEvent, "body"> & { body: unknown }>()({
  id: v.number(),
  kind: v.string(),
  attempt: v.optional(v.number(), 0),
  body: v.unknown(),
});
export type JobEvent = v.InferOutput<typeof eventSchema>;

const pageSchema = fieldsOf<Omit<api.JobEvents, "events"> & { events: JobEvent[] }>()({
  state: v.picklist(["queued", "running", "succeeded", "failed", "cancelled"]),
  last_event: v.number(),
  events: v.array(eventSchema),
});
const dataSchema = v.object({ attempt: v.optional(v.number(), 0), body: v.unknown() });

export const FINAL_EVENTS: readonly string[] = ["succeeded", "failed", "cancelled"];

export interface Following {
  /** The id of the last event that is known; 0 for none. */
  after: number;
  onEvents: (events: JobEvent[]) => void;
  /** Whether the server can be reached; told when it changes. */
  onConnection?: (isConnected: boolean) => void;
  signal: AbortSignal;
}

/** How long a stream may take to begin. */
const BEGIN_MS = 5_000;
/** The server gives a sign of life every 15 s. */
const QUIET_MS = 40_000;
const POLL_MS = 1_000;
/** The job isn't there any more, or isn't the person's. */
const GONE = [401, 403, 404];
const RETRY_MS = [1_000, 2_000, 4_000, 8_000];

/** Resolves when the job has ended, or isn't there any more, or `signal` is aborted. */
export async function followJob(job: string, following: Following): Promise<void> {
  await new Follower(job, following).follow();
}

class Follower {
  private last: number;
  private failures = 0;
  /** Streams don't arrive: the events are polled. */
  private isHeldBack = false;
  private hasEnded = false;

  constructor(
    private readonly job: string,
    private readonly following: Following,
  ) {
    this.last = following.after;
  }

  async follow() {
    const { signal } = this.following;
    while (!signal.aborted && !this.hasEnded) {
      const wait = await this.ask().catch((error: unknown) => this.failed(error));
      if (!this.hasEnded) await pause(wait, signal);
    }
  }

  /** Asks once, and takes what is answered. Gives how long to wait until it is asked again. */
  private async ask(): Promise<number> {
    if (this.isHeldBack) return this.poll();
    const outcome = await this.stream();
    if (outcome === "ended") this.hasEnded = true;
    if (outcome !== "held back") return POLL_MS;
    this.isHeldBack = true;
    return 0;
  }

  private take(events: JobEvent[]) {
    if (this.failures > 0) this.following.onConnection?.(true);
    this.failures = 0;
    if (events.length === 0) return;
    this.last = Math.max(this.last, ...events.map(({ id }) => id));
    this.hasEnded ||= events.some(({ kind }) => FINAL_EVENTS.includes(kind));
    this.following.onEvents(events);
  }

  private failed(error: unknown): number {
    if (this.following.signal.aborted) return 0;
    const status = error instanceof ApiError ? error.status : null;
    if (status !== null && GONE.includes(status)) {
      this.hasEnded = true;
      return 0;
    }
    if (this.failures === 0) this.following.onConnection?.(false);
    this.failures += 1;
    return RETRY_MS[Math.min(this.failures, RETRY_MS.length) - 1] ?? POLL_MS;
  }

  private get path() {
    return `/api/jobs/${encodeURIComponent(this.job)}/events`;
  }

  private async poll(): Promise<number> {
    const { signal } = this.following;
    const page = await fetchJson(`${this.path}?after=${this.last}`, pageSchema, signal);
    this.take(page.events);
    this.hasEnded ||= FINAL_EVENTS.includes(page.state) && this.last >= page.last_event;
    return POLL_MS;
  }

  private async stream(): Promise<"ended" | "closed" | "held back"> {
    const { signal } = this.following;
    const watch = new Watch(signal);
    try {
      const response = await fetch(this.path, {
        headers: { accept: "text/event-stream", ...this.lastEventId() },
        signal: watch.signal,
      });
      if (response.status === 204) return "ended";
      if (response.status === 429) return "held back";
      if (!response.ok || !response.body) {
        throw new ApiError("The events can't be read.", "unexpected_answer", response.status);
      }
      const events = new EventStreamReader();
      for await (const text of textOf(response.body)) {
        watch.alive();
        this.take(events.read(text).flatMap(asJobEvent));
      }
      return "closed";
    } catch (error) {
      if (!watch.isOver || signal.aborted) throw error;
      return watch.hasBegun ? "closed" : "held back";
    } finally {
      watch.end();
    }
  }

  private lastEventId(): Record<string, string> {
    return this.last > 0 ? { "last-event-id": String(this.last) } : {};
  }
}

/** Ends a request that doesn't begin in time, or of which nothing is heard any more. */
class Watch {
  hasBegun = false;
  private readonly controller = new AbortController();
  private timer = setTimeout(() => this.controller.abort(), BEGIN_MS);

  constructor(private readonly outside: AbortSignal) {
    outside.addEventListener("abort", this.end);
  }

  get signal() {
    return this.controller.signal;
  }

  get isOver() {
    return this.controller.signal.aborted;
  }

  alive() {
    this.hasBegun = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.controller.abort(), QUIET_MS);
  }

  readonly end = () => {
    clearTimeout(this.timer);
    this.outside.removeEventListener("abort", this.end);
    this.controller.abort();
  };
}

async function* textOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}

function asJobEvent({ id, kind, data }: StreamEvent): JobEvent[] {
  const number = Number(id);
  if (!Number.isInteger(number) || number < 1) return [];
  try {
    const parsed = v.safeParse(dataSchema, JSON.parse(data));
    return parsed.success ? [{ id: number, kind, ...parsed.output }] : [];
  } catch {
    return [];
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}
