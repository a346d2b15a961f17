/**
 * The conversation about one deck: its turns, kept up to date by the events of their jobs.
 *
 * It lives outside of React. Events arrive in any number; they are applied together, at most once a frame, and a
 * turn that didn't change stays the same object, so that only what has changed is drawn anew.
 */

import {
  approveOutline,
  type Chat,
  type ChatRequest,
  cancelTurn,
  type Outline,
  readChat,
  readJob,
  retryTurn,
  type SourceSummary,
  sendMessage,
  type Turn,
  undoTurn,
} from "../api/chat";
import { ApiError } from "../api/client";
import { followJob, type JobEvent } from "../api/jobEvents";
import type { Deck } from "../deck/model";
import { type Applied, applied, isActive, type ShownTurn, shown } from "./turnState";

/** What the conversation asks of the server, and of time. */
export interface Surroundings {
  read: (session: string, signal: AbortSignal) => Promise<Chat>;
  readJob: typeof readJob;
  follow: typeof followJob;
  send: (request: ChatRequest) => Promise<Turn>;
  /** Calls `draw` before the next frame. */
  schedule: (draw: () => void) => void;
  now: () => number;
}

export interface ConversationState {
  /** `null`: not read yet. */
  turns: readonly ShownTurn[] | null;
  sources: readonly SourceSummary[];
  /** Why the conversation can't be read. */
  problem: ApiError | null;
  /** Why the last request wasn't done. */
  refusal: { turn: string | null; message: string } | null;
  /** A message that is on its way. */
  sending: string | null;
  isConnected: boolean;
}

const NOTHING: ConversationState = {
  turns: null,
  sources: [],
  problem: null,
  refusal: null,
  sending: null,
  isConnected: true,
};

const POSITION_MS = 3_000;
const AGAIN_MS = 5_000;

export class Conversation {
  private state = NOTHING;
  private readonly listeners = new Set<() => void>();
  private readonly followed = new Map<string, AbortController>();
  private arrived: { turn: string; job: string; event: JobEvent }[] = [];
  private isScheduled = false;
  /** Events wait while the turn that they change is read anew. */
  private reading: Promise<void> | null = null;
  /** The deck before each turn that was sent from here, to compare with. */
  readonly decksBefore = new Map<string, Deck>();
  private closed = new AbortController();
  private positions: ReturnType<typeof setTimeout> | undefined;
  private unheard: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly session: string,
    /** Learns of a version of the deck that the assistant made; `null`: there may be one. */
    private readonly onDeck: (version: number | null) => void,
    private readonly around: Surroundings = REAL,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly get = (): ConversationState => this.state;

  /** Reads the turns and follows those at work. */
  open(): Promise<void> {
    if (this.closed.signal.aborted) this.closed = new AbortController();
    return this.reread();
  }

  /** Ends all requests. */
  close() {
    this.closed.abort();
    for (const controller of this.followed.values()) controller.abort();
    this.followed.clear();
    clearTimeout(this.positions);
    clearTimeout(this.unheard);
    this.arrived = [];
    this.reading = null;
  }

  /** Sends a message. `deck`: as it is before. Gives whether the server took it. */
  async send(
    message: string,
    request: Omit<ChatRequest, "message" | "session_id">,
    deck: Deck,
  ): Promise<boolean> {
    this.set({ sending: message, refusal: null });
    const turn = await this.tried(null, () =>
      this.around.send({ ...request, message, session_id: this.session }),
    );
    if (turn) {
      this.decksBefore.set(turn.id, deck);
      this.take(turn);
    }
    this.set({ sending: null });
    return turn !== undefined;
  }

  async approve(turn: string, outline: Outline) {
    const next = await this.tried(turn, () => approveOutline(turn, outline));
    if (next) this.take(next);
  }

  async retry(turn: string, endpoint?: string) {
    const next = await this.tried(turn, () => retryTurn(turn, endpoint));
    if (next) this.take(next);
  }

  async cancel(turn: string) {
    await this.tried(turn, () => cancelTurn(turn));
    // One that waits for its turn, or for an answer, has no worker to say that it has ended.
    await this.reread();
  }

  async undo(turn: string) {
    const answer = await this.tried(turn, () => undoTurn(turn));
    if (!answer) return;
    this.onDeck(answer.version);
    await this.reread();
  }

  private async tried<T>(turn: string | null, what: () => Promise<T>): Promise<T | undefined> {
    try {
      this.set({ refusal: null });
      return await what();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.set({ refusal: { turn, message: error.message } });
      return undefined;
    }
  }

  /** Reads all turns anew. Meanwhile events wait. */
  private reread(): Promise<void> {
    if (this.reading) return this.reading;
    const reading = this.read().finally(() => {
      if (this.reading !== reading) return;
      this.reading = null;
      if (this.arrived.length > 0) this.later();
    });
    this.reading = reading;
    return reading;
  }

  private async read() {
    const { signal } = this.closed;
    try {
      const { turns, sources } = await this.around.read(this.session, signal);
      if (signal.aborted) return;
      const known = new Map(this.state.turns?.map((turn) => [turn.id, turn]));
      const hasEnded = turns.some((turn) => {
        const before = known.get(turn.id);
        return before !== undefined && isActive(before) && !isActive(turn);
      });
      this.set({
        turns: turns.map((turn) => shown(turn, known.get(turn.id))),
        sources,
        problem: null,
        isConnected: true,
      });
      for (const turn of turns) this.follow(turn);
      // What it did last to the deck is told by events that are void now.
      if (hasEnded) this.onDeck(null);
    } catch (error) {
      if (!(error instanceof ApiError) || signal.aborted) return;
      this.set({ problem: error });
      // A server without conversations will have none later.
      if (error.status === 404) return;
      clearTimeout(this.unheard);
      this.unheard = setTimeout(() => void this.reread(), AGAIN_MS);
    }
  }

  /** Takes a turn that the server answered with. */
  private take(turn: Turn) {
    const turns = this.state.turns ?? [];
    const before = turns.find(({ id }) => id === turn.id);
    const next = shown(turn, before);
    this.set({
      turns: before ? turns.map((one) => (one === before ? next : one)) : [...turns, next],
    });
    this.follow(turn);
  }

  private follow(turn: Turn, after = this.turn(turn.id)?.live.lastEvent ?? 0) {
    const job = turn.job_id;
    if (!isActive(turn) || job === null || this.followed.has(job)) return;
    const controller = new AbortController();
    this.followed.set(job, controller);
    const { signal } = controller;
    void this.around
      .follow(job, {
        after,
        signal,
        onEvents: (events) => {
          this.arrived.push(...events.map((event) => ({ turn: turn.id, job, event })));
          this.later();
        },
        onConnection: (isConnected) => this.set({ isConnected }),
      })
      .then(() => {
        if (signal.aborted) return;
        this.followed.delete(job);
        this.around.schedule(() => this.ended(turn.id, job));
      });
    if (turn.state === "queued") this.watchPosition(turn.id, job);
  }

  /** A job has ended, or can't be followed: then nothing has said how its turn ended. */
  private ended(turn: string, job: string) {
    if (this.closed.signal.aborted) return;
    this.apply();
    const found = this.turn(turn);
    if (!found || !isActive(found) || found.job_id !== job || this.reading) return;
    this.unheard = setTimeout(() => void this.reread(), POSITION_MS);
  }

  private later() {
    if (this.isScheduled || this.reading) return;
    this.isScheduled = true;
    this.around.schedule(() => {
      this.isScheduled = false;
      if (!this.closed.signal.aborted) this.apply();
    });
  }

  /** Applies what has arrived, in order, until the server's turn has to be read. */
  private apply() {
    if (this.reading) return;
    const turns = new Map((this.state.turns ?? []).map((turn) => [turn.id, turn]));
    let { sources } = this.state;
    let version = 0;
    let isStale = false;
    while (!isStale && this.arrived.length > 0) {
      const made = this.applyNext(turns);
      if (made?.source) sources = withSource(sources, made.source);
      version = Math.max(version, made?.version ?? 0);
      isStale = made?.isStale ?? false;
    }
    this.set({ turns: [...turns.values()], sources });
    if (version > 0 || isStale) this.onDeck(isStale ? null : version);
    if (isStale) void this.reread();
  }

  private applyNext(turns: Map<string, ShownTurn>): Applied | undefined {
    const next = this.arrived.shift();
    const before = next && turns.get(next.turn);
    // What an earlier job of the turn told is void; and how it ended is known of one that was read since.
    if (!next || before?.job_id !== next.job || !isActive(before)) return undefined;
    const made = applied(before, next.event, this.around.now());
    turns.set(next.turn, made.turn);
    if (made.isMissing) this.again(next.job, made.turn);
    return made;
  }

  /** An event was missed: the job is followed anew from the last one that is known. */
  private again(job: string, turn: ShownTurn) {
    this.arrived = this.arrived.filter((one) => one.job !== job);
    this.followed.get(job)?.abort();
    this.followed.delete(job);
    this.follow(turn, turn.live.lastEvent);
  }

  /** The place in the queue changes without an event of this job. */
  private watchPosition(turn: string, job: string) {
    clearTimeout(this.positions);
    this.positions = setTimeout(async () => {
      const { signal } = this.closed;
      const found = this.turn(turn);
      if (signal.aborted || found?.state !== "queued" || found.job_id !== job) return;
      const answer = await this.around.readJob(job, signal).catch(() => null);
      const now = this.turn(turn);
      if (signal.aborted || now?.state !== "queued" || now.job_id !== job) return;
      if (answer) this.replace({ ...now, position: answer.position });
      this.watchPosition(turn, job);
    }, POSITION_MS);
  }

  private replace(next: ShownTurn) {
    this.set({ turns: (this.state.turns ?? []).map((one) => (one.id === next.id ? next : one)) });
  }

  private turn(id: string): ShownTurn | undefined {
    return this.state.turns?.find((turn) => turn.id === id);
  }

  private set(part: Partial<ConversationState>) {
    const next = { ...this.state, ...part };
    const before = this.state.turns;
    if (part.turns && before && sameItems(before, part.turns)) next.turns = before;
    this.state = next;
    for (const listener of this.listeners) listener();
  }
}

function withSource(sources: readonly SourceSummary[], source: SourceSummary) {
  return [...sources.filter(({ id }) => id !== source.id), source];
}

function sameItems<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

/** A page that isn't seen has no frames. */
function beforeNextFrame(draw: () => void) {
  if (document.visibilityState === "hidden") setTimeout(draw, 100);
  else requestAnimationFrame(draw);
}

const REAL: Surroundings = {
  read: readChat,
  readJob,
  follow: followJob,
  send: sendMessage,
  schedule: beforeNextFrame,
  now: Date.now,
};
