import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MockAssistant } from "../../mock/assistant.ts";
import { MockSessions } from "../../mock/sessions.ts";
import type { Chat, Turn } from "../api/chat";
import type { Following, JobEvent } from "../api/jobEvents";
import { Conversation } from "./Conversation";

/** A server whose events arrive when the test says so, and frames that it draws. */
function open() {
  const sessions = new MockSessions({ empty: true });
  const deck = { format: 1, title: "T", language: "en", theme: "clear", slides: [] };
  const { id } = sessions.answer("POST", "/api/sessions", { deck }).body as { id: string };
  const assistant = new MockAssistant(sessions);
  const following: (Following & { job: string })[] = [];
  const frames: (() => void)[] = [];
  const versions: (number | null)[] = [];
  let reads = 0;
  const body = <T>(method: string, path: string, sent?: unknown) =>
    structuredClone(assistant.answer(method, path, sent).body) as T;
  const conversation = new Conversation(id, (version) => versions.push(version), {
    read: async (session) => {
      reads += 1;
      return body<Chat>("GET", `/api/sessions/${session}/chat`);
    },
    readJob: async (job) => body("GET", `/api/jobs/${job}`),
    follow: (job, how) => {
      following.push({ ...how, job });
      return new Promise((resolve) => how.signal.addEventListener("abort", () => resolve()));
    },
    send: async (request) => body<Turn>("POST", "/api/chat", request),
    schedule: (draw) => frames.push(draw),
    now: () => 0,
  });
  const draw = async () => {
    for (const frame of frames.splice(0)) frame();
    await vi.advanceTimersByTimeAsync(0);
  };
  const arrive = (events: readonly JobEvent[]) => following.at(-1)?.onEvents([...events]);
  const events = () => assistant.events(following.at(-1)?.job ?? "", 0).events;
  const turn = () => conversation.get().turns?.at(-1);
  return {
    ...{ id, assistant, conversation, following, frames, versions, deck },
    ...{ draw, arrive, events, turn, reads: () => reads },
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a conversation", () => {
  it("shows a message at once, and its turn when the server has taken it", async () => {
    const { conversation, deck } = open();
    await conversation.open();
    const sent = conversation.send("Review", {}, deck);
    expect(conversation.get().sending).toBe("Review");
    expect(await sent).toBe(true);
    expect(conversation.get()).toMatchObject({ sending: null, turns: [{ message: "Review" }] });
  });

  it("says why a message wasn't taken, and keeps no turn of it", async () => {
    const { conversation, assistant, deck } = open();
    await conversation.open();
    const { ApiError } = await import("../api/client");
    vi.spyOn(assistant, "answer").mockImplementation(() => {
      throw new ApiError("You have reached the limit.", "limit_reached", 429);
    });
    expect(await conversation.send("Review", {}, deck)).toBe(false);
    expect(conversation.get()).toMatchObject({
      turns: [],
      refusal: { turn: null, message: "You have reached the limit." },
    });
  });

  it("draws many events once a frame", async () => {
    const { conversation, assistant, deck, draw, arrive, events, frames, turn } = open();
    await conversation.open();
    await conversation.send("Review", {}, deck);
    assistant.step(12);
    let drawn = 0;
    conversation.subscribe(() => {
      drawn += 1;
    });
    for (const event of events()) arrive([event]);
    expect(frames).toHaveLength(1);
    expect(drawn).toBe(0);
    await draw();
    expect(drawn).toBe(1);
    expect(turn()?.live.text).not.toBe("");
  });

  it("leaves the turns alone that didn't change", async () => {
    const { conversation, assistant, deck, draw, arrive, events } = open();
    await conversation.open();
    await conversation.send("One", {}, deck);
    assistant.run();
    arrive(events());
    await draw();
    await conversation.send("Two", {}, deck);
    const first = conversation.get().turns?.[0];
    assistant.step(4);
    arrive(events());
    await draw();
    expect(conversation.get().turns?.[0]).toBe(first);
  });

  it("ends with what the server has, however events are doubled, cut and repeated", async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const { conversation, assistant, deck, draw, events, following, turn, versions } = open();
      await conversation.open();
      await conversation.send("Review", {}, deck);
      const random = generator(seed);
      const lives = () => events().length;
      for (let steps = 0; steps < 80; steps += 1) {
        assistant.step(Math.floor(random() * 3));
        const from = Math.floor(random() * lives());
        const to = from + Math.floor(random() * 6);
        following.at(-1)?.onEvents(events().slice(from, to) as JobEvent[]);
        if (random() < 0.5) await draw();
      }
      assistant.run();
      // A stream that is resumed tells all that follows.
      for (let tries = 0; tries < 3; tries += 1) {
        const { after = 0 } = following.at(-1) ?? {};
        following.at(-1)?.onEvents(events().filter(({ id }) => id > after) as JobEvent[]);
        await draw();
        await draw();
      }
      expect(turn(), `seed ${seed}`).toMatchObject({ state: "succeeded", stage: "done" });
      expect(turn()?.slides, `seed ${seed}`).toEqual(assistant.turns[0]?.slides);
      expect(conversation.get().sources, `seed ${seed}`).toHaveLength(2);
      expect(versions.at(-1), "the deck is looked at once more").toBeNull();
    }
  });

  it("asks again from the last event it knows when one was missed", async () => {
    const { conversation, assistant, deck, draw, arrive, events, following } = open();
    await conversation.open();
    await conversation.send("Review", {}, deck);
    assistant.step(6);
    const all = events();
    arrive(all.slice(0, 3));
    arrive(all.slice(5));
    await draw();
    expect(following).toHaveLength(2);
    expect(following[0]?.signal.aborted).toBe(true);
    expect(following[1]).toMatchObject({ after: 3, job: following[0]?.job });
  });

  it("goes on after a reload with what was stored and what was told", async () => {
    const { conversation, assistant, deck, id, events } = open();
    await conversation.open();
    await conversation.send("Review", {}, deck);
    assistant.step(14);
    conversation.close();
    const again = new Conversation(id, () => undefined, {
      read: async () =>
        structuredClone(
          assistant.answer("GET", `/api/sessions/${id}/chat`, undefined).body,
        ) as Chat,
      readJob: async () => ({ state: "running", position: null }),
      follow: async (_job, { after, onEvents }) => onEvents(events().slice(after)),
      send: async () => Promise.reject(new Error("not now")),
      schedule: (draw) => draw(),
      now: () => 0,
    });
    await again.open();
    const [turn] = again.get().turns ?? [];
    expect(turn?.live.text).not.toBe("");
    expect(turn?.sources).toHaveLength(2);
    again.close();
  });

  it("reads the turn anew when a job begins again, and applies nothing meanwhile", async () => {
    const { conversation, assistant, deck, draw, arrive, events, turn, reads } = open();
    await conversation.open();
    await conversation.send("Review", {}, deck);
    assistant.step(5);
    const all = events();
    arrive(all);
    await draw();
    const before = reads();
    const next = all.length + 1;
    arrive([
      { id: next, kind: "started", attempt: 2, body: {} },
      { id: next + 1, kind: "text", attempt: 2, body: { text: "Again" } },
    ]);
    await draw();
    expect(reads()).toBe(before + 1);
    await draw();
    expect(turn()?.live.text).toBe("Again");
  });

  it("ignores what an earlier job of a turn tells late", async () => {
    const { conversation, assistant, deck, draw, arrive, events, following, turn } = open();
    await conversation.open();
    await conversation.send("Review", { options: { review_outline: true } }, deck);
    assistant.run();
    arrive(events());
    await draw();
    expect(turn()?.state).toBe("review");
    const [first] = following;
    vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
      const { status, body } = assistant.answer("POST", path, JSON.parse(String(init.body)));
      return Response.json(body, { status });
    });
    const outline = turn()?.outline;
    if (!outline) throw new Error("there is no outline");
    await conversation.approve("turn-1", { ...outline, slides: outline.slides.slice(0, 2) });
    expect(turn()).toMatchObject({ state: "queued", outline: { slides: { length: 2 } } });
    first?.onEvents([{ id: 99, kind: "failed", attempt: 1, body: {} }]);
    await draw();
    expect(turn()?.state).toBe("queued");
  });

  it("is read again by itself after an outage, and keeps what is known meanwhile", async () => {
    const { conversation, assistant, deck, draw, arrive, events, turn } = open();
    await conversation.open();
    await conversation.send("Review", {}, deck);
    assistant.run(({ stage }) => stage === "check");
    const until = events().length;
    arrive(events());
    await draw();
    await draw();
    assistant.run();
    const { ApiError } = await import("../api/client");
    vi.spyOn(assistant, "answer").mockImplementationOnce(() => {
      throw new ApiError("No connection.", "unreachable", null);
    });
    arrive(events().slice(until));
    await draw();
    expect(conversation.get().problem?.message).toBe("No connection.");
    expect(turn()?.slides).toHaveLength(6);
    await vi.advanceTimersByTimeAsync(5_100);
    expect(conversation.get().problem).toBeNull();
    expect(turn()?.state).toBe("succeeded");
  });

  it("asks for the place in the queue while it waits", async () => {
    const { conversation, assistant, deck, turn } = open();
    await conversation.open();
    await conversation.send("Review", {}, deck);
    const [stored] = assistant.turns;
    if (stored) stored.position = 4;
    await vi.advanceTimersByTimeAsync(3_100);
    expect(turn()?.position).toBe(4);
    conversation.close();
  });
});

/** The same numbers for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
