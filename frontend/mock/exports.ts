/**
 * An invented server's exports, in memory: jobs that go on one slide at a time, their events and their files.
 *
 * `step` does what happens next; in `npm run dev` a clock calls it, in tests the test does.
 */
import type { ExportedFile } from "../src/api/exports";
import type { Slide } from "../src/deck/model";
import type { MockEvent } from "./assistant.ts";
import { MockGoogle } from "./google.ts";
import type { MockAnswer, MockSessions } from "./sessions.ts";

type State = "queued" | "running" | "succeeded" | "failed" | "cancelled";

interface Job {
  id: string;
  session: string;
  format: string;
  /** The same for the same file. */
  key: string;
  state: State;
  events: MockEvent[];
  /** In percent. */
  progress: number;
  result: unknown;
  error: string | null;
  isCancelled: boolean;
}

interface File extends ExportedFile {
  key: string;
}

/** An answer that isn't JSON. */
export interface MockFile {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const TYPES: Record<string, string> = {
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  pdf: "application/pdf",
  html: "text/html",
  json: "application/json",
};
const DAY_MS = 86_400_000;

export class MockExports {
  /** The requests for exports. */
  readonly requests: unknown[] = [];
  /** What the next job fails with, after its first slide. */
  failure: string | null = null;
  private readonly jobs: Job[] = [];
  private files: File[] = [];

  constructor(
    private readonly sessions: MockSessions,
    readonly google: MockGoogle = new MockGoogle(),
  ) {}

  /** Whether it answers this path. */
  knows(path: string): boolean {
    const job = /^\/api\/jobs\/([^/]+)/.exec(path)?.[1];
    if (job !== undefined) return this.jobs.some(({ id }) => id === job);
    return /^\/api\/(?:export|google)(?:\/|$)|\/picture\.svg$/.test(path);
  }

  answer(method: string, url: string, body: unknown): MockAnswer | MockFile {
    const [path = "", search = ""] = url.split("?");
    const [, , subject, id = "", what = "", slide = ""] = path.split("/");
    if (subject === "google") return this.google.answer(method, path, body);
    if (subject === "jobs") return this.job(id, what, search);
    if (subject === "sessions") return this.picture(id, slide);
    return id === "files" ? this.file(what) : this.start(id, body);
  }

  /** The events of a job after one of them. */
  events(job: string, after: number): { events: MockEvent[]; isOver: boolean } {
    const found = this.jobs.find(({ id }) => id === job);
    const events = found?.events.filter(({ id }) => id > after) ?? [];
    return { events, isOver: found === undefined || isOver(found) };
  }

  /** Does what happens next in each job, `count` times. */
  step(count = 1) {
    for (let done = 0; done < count; done += 1) {
      for (const job of this.jobs) if (!isOver(job)) this.next(job);
    }
  }

  /** Until nothing runs any more, or waits for Google. */
  run() {
    this.step(200);
  }

  /** The files are swept. */
  sweep() {
    this.files = [];
  }

  private start(format: string, body: unknown): MockAnswer {
    const { session_id, ...options } = body as { session_id: string };
    const session = this.sessions.sessions.find(({ id }) => id === session_id);
    if (!session) return failure(404, "not_found", "There is no such deck.");
    if (format === "google-slides" && !this.google.isConfigured) {
      return failure(409, "not_configured", "Google Slides isn't set up in this workspace.");
    }
    this.requests.push({ format, ...options });
    const key = JSON.stringify([session_id, session.version, format, options]);
    const job: Job = {
      id: `00000000-0000-4000-b000-${String(this.jobs.length + 1).padStart(12, "0")}`,
      ...{ session: session_id, format, key, state: "queued", events: [], progress: 0 },
      ...{ result: null, error: null, isCancelled: false },
    };
    this.jobs.push(job);
    tell(job, "queued", {});
    const file = this.files.find((one) => one.key === key);
    if (file) end(job, "succeeded", { result: file });
    return { status: 202, body: { job_id: job.id } };
  }

  private next(job: Job) {
    if (job.isCancelled) return end(job, "cancelled", {});
    if (job.state === "queued") {
      if (this.isHeld(job)) return;
      job.state = "running";
      return tell(job, "started", {});
    }
    if (this.failure !== null && job.progress > 0) {
      end(job, "failed", { error: this.failure });
      this.failure = null;
      return;
    }
    if (this.isHeld(job)) {
      const body = {
        reason: "invalid_grant",
        message: "Google doesn't accept the connection of your account any more.",
      };
      tell(job, "waiting_for_google", body);
      job.state = "queued";
      return tell(job, "snoozed", {});
    }
    const slides = this.slides(job).length || 1;
    const all = job.format === "google-slides" ? 2 * slides : slides;
    job.progress += 100 / all;
    if (job.progress > 99.9) return end(job, "succeeded", { result: this.made(job) });
    tell(job, "progress", { percent: Math.floor(job.progress) });
  }

  /** A presentation is written, then sent. */
  private isHeld({ format, progress }: Job): boolean {
    return format === "google-slides" && progress >= 50 && !this.google.isConnected;
  }

  private made(job: Job): unknown {
    if (job.format === "google-slides") {
      const presentation_id = `presentation-of-${job.session.slice(-2)}`;
      return { presentation_id, url: `${this.google.docs}${presentation_id}/edit` };
    }
    const session = this.sessions.sessions.find(({ id }) => id === job.session);
    const title = (session?.deck.title ?? "").replace(/[/\\:*?"<>|]/g, " ").trim() || "Deck";
    const file: File = {
      key: job.key,
      file_id: job.id.replace("-b000-", "-c000-"),
      name: `${title}.${job.format === "json" ? "tellr.json" : job.format}`,
      media_type: TYPES[job.format] ?? "",
      size_bytes: 214_310,
      slides: this.slides(job).length,
      version: session?.version ?? 1,
      expires_at: new Date(Date.now() + DAY_MS).toISOString(),
      warnings: [],
    };
    this.files.push(file);
    return file;
  }

  private slides({ session }: Job): readonly Slide[] {
    return this.sessions.sessions.find(({ id }) => id === session)?.deck.slides ?? [];
  }

  private job(id: string, what: string, search: string): MockAnswer {
    const job = this.jobs.find((one) => one.id === id);
    if (!job) return failure(404, "not_found", "There is no such job.");
    const { state, progress, result, error } = job;
    if (what === "cancel") {
      job.isCancelled = true;
      if (state === "queued") end(job, "cancelled", {});
      return { status: 202, body: {} };
    }
    if (what === "") return { status: 200, body: { state, progress, result, error } };
    const after = Number(new URLSearchParams(search).get("after") ?? 0);
    const { events } = this.events(id, after);
    return { status: 200, body: { state, last_event: job.events.length, events } };
  }

  private file(id: string): MockAnswer | MockFile {
    const file = this.files.find(({ file_id }) => file_id === id);
    if (!file) {
      return failure(404, "not_found", "The file isn't kept any more. Export the deck again");
    }
    const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`;
    const headers = { "content-type": file.media_type, "content-disposition": disposition };
    return { status: 200, headers, body: `The invented content of ${file.name}\n` };
  }

  private picture(session: string, slide: string): MockAnswer | MockFile {
    const { deck } = this.sessions.sessions.find(({ id }) => id === session) ?? {};
    const found = deck?.slides.find(({ id }) => id === slide);
    if (!found) return failure(404, "not_found", "There is no such slide.");
    const title = found.blocks.find(({ type }) => type === "title");
    const text = title && "text" in title ? title.text : "";
    const escaped = text.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
    const body = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1280 720"><rect width="1280" height="720" fill="#ffffff"/><text x="64" y="128" font-size="48">${escaped}</text></svg>`;
    return { status: 200, headers: { "content-type": "image/svg+xml" }, body };
  }
}

function isOver({ state }: Job): boolean {
  return state !== "queued" && state !== "running";
}

function end(job: Job, state: State, told: { result?: unknown; error?: string }) {
  job.state = state;
  job.result = told.result ?? null;
  job.error = told.error ?? null;
  tell(job, state, told);
}

function tell(job: Job, kind: string, body: unknown) {
  const id = job.events.length + 1;
  job.events.push({ id, kind, attempt: 1, body, created_at: "2026-11-28T19:30:00Z" });
}

function failure(status: number, code: string, message: string): MockAnswer {
  return { status, body: { error: { code, message } } };
}
