/**
 * The notebook's kernel, called over the widget's messages. What they mean stands in
 * `tellr/bridge/__init__.py`.
 *
 * A call ends: with its reply, when it is let go of, or when it took too long. While a cell runs, a
 * kernel takes no messages in some notebooks; that is told, so that it can be shown, and is waited for.
 */
import type { DeployEvent } from "@tellr/deployer/types";
import type { Model } from "./model";
import { type Message, PROTOCOL, randomName, Wire } from "./wire";

/** Whether the kernel takes what it is sent. */
export type Presence = "there" | "busy" | "gone";

/** A kernel that took a call answers it in time; its own limits are lower. */
const REPLY_MS = 5 * 60_000;
/** After this long without a word of receipt the kernel is busy, and after that it is gone. */
const BUSY_MS = 2_500;
const GONE_MS = 10 * 60_000;
const LOOK_MS = 500;

export interface CallOptions {
  signal?: AbortSignal | undefined;
  onEvent?: ((event: DeployEvent) => void) | undefined;
  /** How long it is worth carrying out. */
  ttlMs?: number;
  /** Without end: a run takes as long as it takes, and the kernel tells its end. */
  endless?: boolean;
  /** What an abort does: lets go at once, or asks to stop and waits for how it ends. */
  onAbort?: "let go" | "stop";
}

interface Open {
  taken: boolean;
  sentAt: number;
  endless: boolean;
  onEvent: ((event: DeployEvent) => void) | undefined;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export class Kernel {
  readonly #wire: Wire;
  readonly #model: Model;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #page = randomName();
  readonly #open = new Map<number, Open>();
  readonly #listeners = new Set<(presence: Presence) => void>();
  #next = 1;
  #presence: Presence = "there";
  #ended = false;
  #onStop: (() => void) | null = null;
  #onTakenOver: (() => void) | null = null;

  constructor(model: Model) {
    this.#model = model;
    this.#wire = new Wire(model);
    model.on("msg:custom", this.#receive);
    // A page that is closed or reloaded says so where it can; the kernel doesn't have to find out.
    addEventListener("pagehide", this.#leave);
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  /** Lets go of everything. */
  end(): void {
    clearInterval(this.#timer);
    removeEventListener("pagehide", this.#leave);
    this.#model.off("msg:custom", this.#receive);
    this.#ended = true;
    for (const open of this.#open.values()) open.reject(aborted());
    this.#open.clear();
  }

  /** Tells whenever it changes whether the kernel is there. */
  onPresence(listener: (presence: Presence) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get presence(): Presence {
    return this.#presence;
  }

  /** Hears when Python wants the run to stop that this page drives. */
  onStop(listener: (() => void) | null): void {
    this.#onStop = listener;
  }

  /** Hears that the kernel has taken over the run that this page drives. */
  onTakenOver(listener: (() => void) | null): void {
    this.#onTakenOver = listener;
  }

  readonly #leave = (): void => this.say("leaving");

  /** Sends something that wants no reply. */
  say(kind: string, message: object = {}): void {
    if (this.#ended) return;
    this.#wire.send({ tellr: PROTOCOL, kind, page: this.#page, sent: Date.now(), ...message });
  }

  /** Calls, and waits for the reply. Rejects with what the kernel says is wrong. */
  call(kind: string, message: object, options: CallOptions = {}): Promise<unknown> {
    const { signal, onEvent, ttlMs, endless = false, onAbort = "let go" } = options;
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(aborted());
      const abort = () => {
        this.say("cancel", { of: id });
        if (onAbort === "let go") {
          this.#open.delete(id);
          reject(aborted());
        }
      };
      signal?.addEventListener("abort", abort, { once: true });
      const done = () => signal?.removeEventListener("abort", abort);
      this.#open.set(id, {
        taken: false,
        sentAt: Date.now(),
        endless,
        onEvent,
        resolve: (value) => {
          done();
          resolve(value);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      this.say(kind, { id, ...(ttlMs === undefined ? {} : { ttl_ms: ttlMs }), ...message });
    });
  }

  readonly #receive = (content: unknown, buffers?: readonly ArrayBufferView[]): void => {
    const message = this.#wire.receive(content, buffers);
    if (message === null || message.page !== this.#page) return;
    this.#become("there");
    switch (message.kind) {
      case "there":
        this.say("here");
        break;
      case "stop":
        this.#onStop?.();
        break;
      case "taken_over":
        this.#onTakenOver?.();
        break;
      default:
        this.#heard(message);
    }
  };

  #heard(message: Message): void {
    const id = message.of as number;
    const open = this.#open.get(id);
    if (!open) return;
    open.taken = true;
    if (message.kind === "event") open.onEvent?.(message.event as DeployEvent);
    if (message.kind !== "reply") return;
    this.#open.delete(id);
    if ("error" in message) open.reject(message.error);
    else open.resolve(message.ok);
  }

  #look(): void {
    const now = Date.now();
    let waiting = 0;
    for (const [id, open] of this.#open) {
      const age = now - open.sentAt;
      if (!open.taken) waiting = Math.max(waiting, age);
      const tooLong = open.taken ? !open.endless && age > REPLY_MS : age > GONE_MS;
      if (!tooLong) continue;
      this.#open.delete(id);
      open.reject({
        kind: "timeout",
        message: "The notebook’s kernel gave no answer; if it was stopped, run this cell again",
      });
    }
    if (waiting > GONE_MS) this.#become("gone");
    else if (waiting > BUSY_MS) this.#become("busy");
    else if (this.#presence === "busy") this.#become("there");
  }

  #become(presence: Presence): void {
    if (presence === this.#presence) return;
    this.#presence = presence;
    for (const listener of this.#listeners) listener(presence);
  }
}

function aborted(): DOMException {
  return new DOMException("It is no longer wanted", "AbortError");
}
