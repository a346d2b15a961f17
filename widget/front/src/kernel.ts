/**
 * Calls to the notebook's kernel over the widget's messages. The messages are documented in
 * `tellr/bridge/__init__.py`.
 *
 * A call ends with its reply, when it is abandoned, or on a timeout. While a cell runs, some notebooks'
 * kernels receive no messages; that state is reported, so that it can be shown, and the call waits.
 */
import type { DeployEvent } from "@tellr/deployer/types";
import type { Model } from "./model";
import { type Message, PROTOCOL, randomName, Wire } from "./wire";

/** Whether the kernel currently receives messages. */
export type Presence = "there" | "busy" | "gone";

/** The time limit for a call that the kernel has received; its own limits are lower. */
const REPLY_MS = 5 * 60_000;
/** The time without a receipt after which the kernel counts as busy, and after which as lost. */
const BUSY_MS = 2_500;
const GONE_MS = 10 * 60_000;
const LOOK_MS = 500;

export interface CallOptions {
  signal?: AbortSignal | undefined;
  onEvent?: ((event: DeployEvent) => void) | undefined;
  /** How long the call is valid. */
  ttlMs?: number;
  /** No time limit: a run takes as long as it takes, and the kernel reports its end. */
  endless?: boolean;
  /** The effect of an abort: abandons the call at once, or asks to stop and waits for the outcome. */
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
    // Announces that the page is closed or reloaded, if possible, so that the kernel needn't detect it.
    addEventListener("pagehide", this.#leave);
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  /** Abandons all calls. */
  end(): void {
    clearInterval(this.#timer);
    removeEventListener("pagehide", this.#leave);
    this.#model.off("msg:custom", this.#receive);
    this.#ended = true;
    for (const open of this.#open.values()) open.reject(aborted());
    this.#open.clear();
  }

  /** Called whenever the kernel's availability changes. */
  onPresence(listener: (presence: Presence) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get presence(): Presence {
    return this.#presence;
  }

  /** Called when Python asks to stop the run that this page drives. */
  onStop(listener: (() => void) | null): void {
    this.#onStop = listener;
  }

  /** Called when the kernel has taken over the run that this page drives. */
  onTakenOver(listener: (() => void) | null): void {
    this.#onTakenOver = listener;
  }

  readonly #leave = (): void => this.say("leaving");

  /** Sends a message without a reply. */
  say(kind: string, message: object = {}): void {
    if (this.#ended) return;
    this.#wire.send({ tellr: PROTOCOL, kind, page: this.#page, sent: Date.now(), ...message });
  }

  /** Calls, and waits for the reply. Rejects with the kernel's error. */
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
