import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { engine } from "../../mock/engine/index.ts";
import { sampleDeck } from "../../mock/sampleDeck.ts";
import { ApiError } from "../api/client";
import type { Deck } from "../deck/model";
import type { Patch } from "../deck/patch";
import { COLLECT_MS, DeckSession, type Server } from "./DeckSession";

const title = (text: string): Patch => ({ op: "set_title", title: text });
const retitle = (session: DeckSession, text: string) =>
  session.change([title(text)], { label: "Rename deck", merge: "title" });

/** A server that behaves, or fails as it is told. */
class FakeServer implements Server {
  deck: Deck = structuredClone(sampleDeck);
  version = 1;
  readonly requests: Patch[][] = [];
  fail: "before" | "after" | "refuse" | null = null;

  async send(version: number, patches: readonly Patch[]) {
    this.requests.push([...patches]);
    if (this.fail === "before") throw new ApiError("No connection.", "unreachable", null);
    if (this.fail === "refuse") throw new ApiError("Too long.", "invalid_patch", 422);
    if (version !== this.version) throw new ApiError("Changed.", "version_conflict", 409);
    this.elsewhere(patches);
    if (this.fail === "after") throw new ApiError("No connection.", "unreachable", null);
    return { version: this.version };
  }

  async read() {
    return { deck: this.deck, version: this.version };
  }

  elsewhere(patches: readonly Patch[]) {
    this.deck = engine.apply(this.deck, patches).deck;
    this.version += 1;
  }
}

function open(canEdit = true) {
  const server = new FakeServer();
  const start = { deck: sampleDeck, version: 1 };
  return { server, session: new DeckSession(engine, server, start, canEdit) };
}

const pass = (milliseconds = COLLECT_MS) => vi.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a deck that is edited", () => {
  it("shows a change at once and saves it a moment later", async () => {
    const { server, session } = open();
    retitle(session, "New");
    expect(session.get()).toMatchObject({ deck: { title: "New" }, saving: { state: "saving" } });
    expect(server.requests).toEqual([]);
    await pass();
    expect(server.deck.title).toBe("New");
    expect(session.get()).toMatchObject({ version: 2, unsaved: 0, saving: { state: "saved" } });
  });

  it("sends what was typed in one field as one change", async () => {
    const { server, session } = open();
    for (const text of ["N", "Ne", "New"]) retitle(session, text);
    await pass();
    expect(server.requests).toEqual([[title("New")]]);
  });

  it("undoes typing as one step, and redoes it", () => {
    const { session } = open();
    for (const text of ["N", "Ne", "New"]) retitle(session, text);
    expect(session.undo()?.label).toBe("Rename deck");
    expect(session.get().deck).toEqual(sampleDeck);
    expect(session.undo()).toBeUndefined();
    session.redo();
    expect(session.get().deck.title).toBe("New");
  });

  it("keeps steps apart when a field was left between them", () => {
    const { session } = open();
    retitle(session, "One");
    session.settle();
    retitle(session, "Two");
    session.undo();
    expect(session.get().deck.title).toBe("One");
  });

  it("says why a change isn't possible, and leaves the deck alone", async () => {
    const { server, session } = open();
    expect(session.change([{ op: "remove_slide", slide: "gone" }], { label: "Delete" })).toBe(
      false,
    );
    expect(session.get().problem).toContain("may have been removed");
    expect(session.get().deck).toBe(sampleDeck);
    await pass();
    expect(server.requests).toEqual([]);
  });

  it("changes nothing for a viewer", () => {
    const { session } = open(false);
    expect(retitle(session, "New")).toBe(false);
    expect(session.get().deck).toBe(sampleDeck);
  });
});

describe("saving", () => {
  it("tries again after an outage, with the same changes first", async () => {
    const { server, session } = open();
    server.fail = "before";
    retitle(session, "One");
    await pass();
    expect(session.get().saving.state).toBe("offline");
    session.change([{ op: "remove_slide", slide: "s2" }], { label: "Delete slide" });
    server.fail = null;
    await pass(10_000);
    expect(session.get()).toMatchObject({ unsaved: 0, saving: { state: "saved" } });
    expect(server.deck).toEqual(session.get().deck);
    expect(server.requests).toHaveLength(3);
  });

  it("knows its own change when only the answer was lost", async () => {
    const { server, session } = open();
    server.fail = "after";
    session.change([{ op: "remove_slide", slide: "s2" }], { label: "Delete slide" });
    await pass();
    server.fail = null;
    await pass(10_000);
    expect(session.get()).toMatchObject({ version: 2, unsaved: 0, saving: { state: "saved" } });
    expect(server.deck).toEqual(session.get().deck);
  });

  it("stops when somebody else changed the deck, and loses neither", async () => {
    const { server, session } = open();
    server.elsewhere([{ op: "set_theme", theme: "ink" }]);
    retitle(session, "Mine");
    await pass();
    expect(session.get()).toMatchObject({ unsaved: 1, saving: { state: "conflict" } });
    await pass(60_000);
    expect(server.requests).toHaveLength(1);

    await session.load({ again: true });
    await pass();
    expect(server.deck).toMatchObject({ title: "Mine", theme: "ink" });
    expect(session.get()).toMatchObject({ unsaved: 0, saving: { state: "saved" } });
  });

  it("drops its own changes only when told to", async () => {
    const { server, session } = open();
    server.elsewhere([title("Theirs")]);
    retitle(session, "Mine");
    await pass();
    await session.load({ again: false });
    await pass();
    expect(session.get()).toMatchObject({ deck: { title: "Theirs" }, unsaved: 0 });
    expect(server.deck.title).toBe("Theirs");
  });

  it("learns of another person's change without having one of its own", () => {
    const { session } = open();
    session.seen(1);
    expect(session.get().saving.state).toBe("saved");
    session.seen(2);
    expect(session.get().saving.state).toBe("conflict");
  });

  it("says what the server refuses and stops there", async () => {
    const { server, session } = open();
    server.fail = "refuse";
    retitle(session, "New");
    await pass(60_000);
    expect(session.get().saving).toEqual({ state: "refused", message: "Too long." });
    expect(server.requests).toHaveLength(1);
  });

  it("ignores an answer to what was sent before another deck was loaded", async () => {
    const { server, session } = open();
    let answer: (value: { version: number }) => void = () => undefined;
    vi.spyOn(server, "send").mockReturnValueOnce(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    retitle(session, "Mine");
    await pass();
    session.replace({ deck: sampleDeck, version: 9 });
    answer({ version: 2 });
    await pass();
    expect(session.get()).toMatchObject({ version: 9, saving: { state: "saved" } });
  });

  it("ends with the same deck on both sides, whatever fails in between", async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const { server, session } = open();
      const random = generator(seed);
      for (let step = 0; step < 40; step += 1) {
        server.fail =
          ([null, null, null, "before", "after"] as const)[Math.floor(random() * 5)] ?? null;
        act(session, random);
        await pass(random() * 2_000);
      }
      server.fail = null;
      await pass(60_000);
      expect(session.get(), `seed ${seed}`).toMatchObject({
        unsaved: 0,
        saving: { state: "saved" },
      });
      expect(server.deck, `seed ${seed}`).toEqual(session.get().deck);
    }
  });
});

describe("saving at once", () => {
  it("waits until the server has everything, also what came after a request began", async () => {
    const { server, session } = open();
    retitle(session, "One");
    const first = session.flush();
    session.change([{ op: "remove_slide", slide: "s2" }], { label: "Delete slide" });
    await session.saveAll();
    await first;
    expect(session.get()).toMatchObject({ unsaved: 0, version: 3 });
    expect(server.deck).toEqual(session.get().deck);
  });

  it("doesn't wait for a server that can't be reached", async () => {
    const { server, session } = open();
    server.fail = "before";
    retitle(session, "One");
    await session.saveAll();
    expect(session.get()).toMatchObject({ unsaved: 1, saving: { state: "offline" } });
  });
});

describe("while the assistant works on the deck", () => {
  it("takes its changes without asking, and makes unsaved ones again on them", async () => {
    const { server, session } = open();
    session.follow(true);
    retitle(session, "Mine");
    server.elsewhere([{ op: "remove_slide", slide: "s2" }]);
    await session.catchUp(2);
    expect(session.get()).toMatchObject({ version: 2, unsaved: 1, deck: { title: "Mine" } });
    expect(session.get().deck.slides.map(({ id }) => id)).not.toContain("s2");
    await pass();
    expect(server.deck).toEqual(session.get().deck);
    expect(session.get()).toMatchObject({ version: 3, unsaved: 0, saving: { state: "saved" } });
  });

  it("makes a change again that the server refuses because of a newer version", async () => {
    const { server, session } = open();
    session.follow(true);
    server.elsewhere([{ op: "set_theme", theme: "ink" }]);
    retitle(session, "Mine");
    await pass();
    await pass();
    expect(server.deck).toMatchObject({ title: "Mine", theme: "ink" });
    expect(session.get()).toMatchObject({ unsaved: 0, saving: { state: "saved" } });
  });

  it("reads nothing for a version that it has", async () => {
    const { server, session } = open();
    const read = vi.spyOn(server, "read");
    await session.catchUp(1);
    expect(read).not.toHaveBeenCalled();
    await session.catchUp(null);
    expect(read).toHaveBeenCalledTimes(1);
    expect(session.get().version).toBe(1);
  });

  it("keeps what can be undone, and drops a step that no longer fits", async () => {
    const { server, session } = open();
    session.change([{ op: "set_notes", slide: "s2", notes: "Mine" }], { label: "Notes" });
    retitle(session, "New");
    await pass();
    server.elsewhere([{ op: "remove_slide", slide: "s2" }]);
    await session.catchUp(null);
    expect(session.undo()?.label).toBe("Rename deck");
    expect(session.get().deck.title).toBe(sampleDeck.title);
    expect(session.undo()).toBeUndefined();
    expect(session.get().problem).toContain("may have been removed");
    expect(session.get().history.undo).toHaveLength(0);
  });

  it("ends with the same deck on both sides, whatever both do", async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const { server, session } = open();
      session.follow(true);
      const random = generator(seed);
      for (let step = 0; step < 40; step += 1) {
        bothAct(server, session, random);
        await pass(random() * 2_000);
      }
      server.fail = null;
      await pass(60_000);
      await session.catchUp(null);
      await pass(60_000);
      expect(session.get(), `seed ${seed}`).toMatchObject({
        unsaved: 0,
        saving: { state: "saved" },
      });
      expect(server.deck, `seed ${seed}`).toEqual(session.get().deck);
    }
  });
});

/** The person changes the deck, and often the assistant does too. */
function bothAct(server: FakeServer, session: DeckSession, random: () => number) {
  server.fail = random() < 0.2 ? "before" : null;
  act(session, random);
  if (random() > 0.4) return;
  server.elsewhere([title(`theirs ${random()}`)]);
  void session.catchUp(random() < 0.5 ? null : server.version);
}

/** Does one of the things that a person does. */
function act(session: DeckSession, random: () => number) {
  const { slides } = session.get().deck;
  const slide = slides[Math.floor(random() * slides.length)];
  const other = slides[Math.floor(random() * slides.length)];
  const acts = [
    () => session.undo(),
    () => session.redo(),
    () => retitle(session, String(random())),
    () => slide && session.change([{ op: "remove_slide", slide: slide.id }], { label: "Delete" }),
    () =>
      slide &&
      other &&
      slide !== other &&
      session.change([{ op: "move_slide", slide: slide.id, after: other.id }], { label: "Move" }),
    () =>
      slide &&
      session.change([{ op: "set_notes", slide: slide.id, notes: String(random()) }], {
        label: "Notes",
        merge: slide.id,
      }),
  ];
  acts[Math.floor(random() * acts.length)]?.();
}

/** The same numbers for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
