/**
 * The deck that is being edited: applied at once, saved in the background.
 *
 * A change is drawn before the server has seen it. Changes wait for a moment, go to the server in
 * order with the version that they were made on, one request at a time, and are kept until it has
 * acknowledged them. If somebody else changed the deck meanwhile, nothing more is sent until the
 * person has decided. The assistant's changes are taken at once: the person has asked for them.
 */
import type { Deck } from "../deck/model";
import type { Patch } from "../deck/patch";
import { same } from "../deck/same";
import { applyTo } from "../engine/applyTo";
import { type Engine, EngineError } from "../engine/engine";
import { done, type History, NO_HISTORY, type Step, settled } from "./history";
import { batch, queued } from "./queue";

export type Saving =
  | { state: "saved" }
  | { state: "saving" }
  /** Tried again by itself. */
  | { state: "offline"; message: string }
  /** The server has a newer version than the one that was edited. */
  | { state: "conflict" }
  /** The server refuses the change. */
  | { state: "refused"; message: string };

export interface Snapshot {
  deck: Deck;
  version: number;
  saving: Saving;
  history: History;
  /** Why the last change wasn't made; `null` once another was. */
  problem: string | null;
  /** How many changes the server doesn't have. */
  unsaved: number;
}

export interface Server {
  send(version: number, patches: readonly Patch[], leaving: boolean): Promise<{ version: number }>;
  read(): Promise<{ version: number; deck: Deck }>;
}

interface Change {
  label: string;
  /** Changes in a row with the same key are undone together. */
  merge?: string;
}

/** How long changes are collected before they are sent. */
export const COLLECT_MS = 600;
const RETRY_MS = 4_000;

export class DeckSession {
  private snapshot: Snapshot;
  private listeners = new Set<() => void>();
  private waiting: Patch[] = [];
  private inFlight: Patch[] = [];
  private isSending = false;
  /** Grows when another deck takes this one's place: an answer to a request from before is ignored. */
  private epoch = 0;
  /** The deck with what is in flight, and without what waits. */
  private sent: Deck;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private follows = false;
  private isCatchingUp = false;
  /** The server may have a newer version than the one that is being read. */
  private isBehind = false;

  constructor(
    private readonly engine: Engine,
    private readonly server: Server,
    start: { deck: Deck; version: number },
    readonly canEdit = true,
  ) {
    this.sent = start.deck;
    this.snapshot = {
      ...start,
      saving: { state: "saved" },
      history: NO_HISTORY,
      problem: null,
      unsaved: 0,
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly get = (): Snapshot => this.snapshot;

  /** Makes a change. Returns whether the deck took it. */
  change(patches: readonly Patch[], { label, merge }: Change): boolean {
    const inverse = this.make(patches);
    if (!inverse) return false;
    const step: Step = { label, patches: inverse, merge: merge ?? null };
    this.set({ history: done(this.snapshot.history, step) });
    return true;
  }

  /** Says why something couldn't be done; the next change takes it away. */
  refuse(problem: string) {
    this.set({ problem });
  }

  /** Ends a run of changes that are undone together, as when a field is left. */
  settle() {
    this.set({ history: settled(this.snapshot.history) });
  }

  undo(): Step | undefined {
    const { undo, redo } = this.snapshot.history;
    const step = undo.at(-1);
    const inverse = step && this.make(step.patches);
    if (!inverse) {
      // It no longer fits the deck, which the assistant has changed since; the step before it may.
      if (step) this.set({ history: { undo: undo.slice(0, -1), redo } });
      return undefined;
    }
    const back: Step = { ...step, patches: inverse, merge: null };
    this.set({ history: { undo: undo.slice(0, -1), redo: [...redo, back] } });
    return step;
  }

  redo(): Step | undefined {
    const { undo, redo } = this.snapshot.history;
    const step = redo.at(-1);
    const inverse = step && this.make(step.patches);
    if (!inverse) return undefined;
    const back: Step = { ...step, patches: inverse, merge: null };
    this.set({ history: { undo: [...undo, back], redo: redo.slice(0, -1) } });
    return step;
  }

  /** Sends what waits now. `leaving`: the page is being left. */
  async flush(leaving = false): Promise<void> {
    clearTimeout(this.timer);
    const { state } = this.snapshot.saving;
    if (this.isSending || this.isCatchingUp) return;
    if (state === "conflict" || state === "refused") return;
    // After a failure the same changes are sent again and no others: their answer may have been lost.
    if (this.inFlight.length === 0) this.takeBatch();
    if (this.inFlight.length === 0) return;
    this.isSending = true;
    this.set({ saving: { state: "saving" } });
    const { epoch } = this;
    try {
      const answer = await this.server.send(this.snapshot.version, this.inFlight, leaving);
      if (epoch === this.epoch) this.saved(answer);
    } catch (error) {
      if (epoch === this.epoch) await this.failed(error);
    }
  }

  /** Sends all that waits now. Resolves when the server has it, or can't have it at the moment. */
  async saveAll(): Promise<void> {
    while (this.snapshot.unsaved > 0 && this.snapshot.saving.state === "saving") {
      if (this.isSending || this.isCatchingUp) await this.changed();
      else await this.flush();
    }
  }

  private changed(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.subscribe(() => {
        stop();
        resolve();
      });
    });
  }

  /** Takes the server's deck. `again`: makes the unsaved changes on it, as far as they fit. */
  async load({ again }: { again: boolean }): Promise<void> {
    const { deck, version } = await this.server.read();
    const kept = again ? [...this.inFlight, ...this.waiting] : [];
    this.replace({ deck, version });
    for (const patch of kept) this.make([patch]);
  }

  /** Takes another deck of the server's, as after a restore. */
  replace({ deck, version }: { deck: Deck; version: number }) {
    clearTimeout(this.timer);
    this.waiting = [];
    this.inFlight = [];
    this.isSending = false;
    this.epoch += 1;
    this.sent = deck;
    this.set({ deck, version, saving: { state: "saved" }, history: NO_HISTORY, problem: null });
  }

  /** Learns of the server's version: somebody else's, if it is newer than ours. */
  seen(version: number) {
    const { saving } = this.snapshot;
    const isOurs = this.isSending || version <= this.snapshot.version;
    if (isOurs || saving.state === "conflict") return;
    if (this.follows || this.isCatchingUp) void this.catchUp(version);
    else this.set({ saving: { state: "conflict" } });
  }

  /** Whether newer versions are taken without asking, as while the assistant works on the deck. */
  follow(isOn: boolean) {
    this.follows = isOn;
  }

  /**
   * Takes the server's deck if it is newer than ours, and makes the unsaved changes again on it. `version`: the one
   * that is known to be there; `null`: there may be one.
   */
  async catchUp(version: number | null): Promise<void> {
    if (version !== null && version <= this.snapshot.version) return;
    this.isBehind = true;
    // What is on its way to the server is answered first; it may be refused because of the newer version.
    if (this.isCatchingUp || this.isSending) return;
    this.isCatchingUp = true;
    try {
      while (this.isBehind) {
        this.isBehind = false;
        const { epoch } = this;
        const now = await this.server.read();
        if (epoch === this.epoch) this.rebase(now);
      }
    } catch {
      // The next version that is seen, or the next change, leads here again.
    } finally {
      this.isCatchingUp = false;
    }
    if (this.waiting.length > 0) this.later(COLLECT_MS);
  }

  /** Makes the unsaved changes again on a newer deck, as far as they fit. Steps can still be undone. */
  private rebase({ deck, version }: { deck: Deck; version: number }) {
    if (version <= this.snapshot.version) return;
    const kept = [...this.inFlight, ...this.waiting];
    const { history } = this.snapshot;
    this.replace({ deck, version });
    for (const patch of kept) this.make([patch]);
    this.set({ history });
  }

  /** Applies patches and queues them for the server; gives the inverse. */
  private make(patches: readonly Patch[]): Patch[] | undefined {
    if (!this.canEdit) {
      this.set({ problem: "You can view this deck, but not change it." });
      return undefined;
    }
    try {
      const { deck, inverse } = applyTo(this.engine, this.snapshot.deck, patches);
      this.waiting = queued(this.waiting, patches);
      this.set({ deck, problem: null });
      this.later(COLLECT_MS);
      return inverse;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      this.set({ problem: error.message });
      return undefined;
    }
  }

  private takeBatch() {
    const { now, later } = batch(this.waiting);
    this.inFlight = now;
    this.waiting = later;
    this.sent = applyTo(this.engine, this.sent, now).deck;
  }

  private later(milliseconds: number) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), milliseconds);
  }

  private saved({ version }: { version: number }) {
    this.isSending = false;
    this.inFlight = [];
    const state = this.waiting.length > 0 ? "saving" : "saved";
    this.set({ version, saving: { state } });
    if (this.isBehind) void this.catchUp(null);
    else if (this.waiting.length > 0) this.later(0);
  }

  private async failed(error: unknown) {
    const { status, message } = error as { status?: number | null; message: string };
    if (status === 409) {
      // The answer to an earlier attempt may have been lost: then the newer version is our own.
      const now = await this.server.read().catch(() => null);
      if (now && same(now.deck, this.sent)) return this.saved(now);
      this.isSending = false;
      if (now && (this.follows || this.isBehind)) {
        this.rebase(now);
        return this.later(0);
      }
      return this.set({ saving: { state: "conflict" } });
    }
    this.isSending = false;
    if (typeof status === "number" && status >= 400 && status < 500) {
      return this.set({ saving: { state: "refused", message } });
    }
    this.set({ saving: { state: "offline", message } });
    this.later(RETRY_MS);
  }

  private set(part: Partial<Snapshot>) {
    const unsaved = this.inFlight.length + this.waiting.length;
    this.snapshot = { ...this.snapshot, ...part, unsaved };
    if (unsaved > 0 && this.snapshot.saving.state === "saved") {
      this.snapshot = { ...this.snapshot, saving: { state: "saving" } };
    }
    for (const listener of this.listeners) listener();
  }
}
