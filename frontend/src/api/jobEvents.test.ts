import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { followJob, type JobEvent } from "./jobEvents";

const event = (id: number, kind = "text") =>
  `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify({ attempt: 1, body: { text: "x" } })}\n\n`;

interface Asked {
  path: string;
  lastEventId: string | null;
}

/** Answers requests one after the other; a function may never answer. */
function serve(answers: ((signal: AbortSignal) => Response | Promise<Response>)[]) {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    asked.push({ path, lastEventId: new Headers(init.headers).get("last-event-id") });
    const answer = answers.shift();
    if (!answer) throw new TypeError("Failed to fetch");
    return answer(init.signal ?? new AbortController().signal);
  });
  return asked;
}

const stream = (text: string) => () => new Response(text);
/** A proxy that gives nothing away until the answer is complete. */
const heldBack = (signal: AbortSignal) =>
  new Promise<Response>((_, reject) => {
    signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
  });
const page = (state: string, events: { id: number; kind: string }[], last: number) => () =>
  Response.json({
    state,
    last_event: last,
    events: events.map((one) => ({ ...one, attempt: 1, body: {} })),
  });

async function follow(after = 0) {
  const events: JobEvent[] = [];
  const connections: boolean[] = [];
  const controller = new AbortController();
  const ended = followJob("job", {
    after,
    signal: controller.signal,
    onEvents: (some) => events.push(...some),
    onConnection: (isConnected) => connections.push(isConnected),
  });
  await vi.advanceTimersByTimeAsync(60_000);
  controller.abort();
  await ended;
  return { ids: events.map(({ id }) => id), connections };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the events of a job", () => {
  it("are followed until it has ended", async () => {
    const asked = serve([stream(`retry: 1000\n\n${event(1)}${event(2, "succeeded")}`)]);
    expect((await follow()).ids).toEqual([1, 2]);
    expect(asked).toEqual([{ path: "/api/jobs/job/events", lastEventId: null }]);
  });

  it("are resumed after the last one that is known", async () => {
    const asked = serve([stream(event(6)), stream(event(7, "failed"))]);
    expect((await follow(5)).ids).toEqual([6, 7]);
    expect(asked.map(({ lastEventId }) => lastEventId)).toEqual(["5", "6"]);
  });

  it("end where the server has nothing more", async () => {
    const asked = serve([() => new Response(null, { status: 204 })]);
    await follow(3);
    expect(asked).toHaveLength(1);
  });

  it("are polled where a proxy holds the stream back", async () => {
    const asked = serve([
      heldBack,
      page("running", [{ id: 1, kind: "stage" }], 1),
      page("succeeded", [{ id: 2, kind: "succeeded" }], 2),
    ]);
    expect((await follow()).ids).toEqual([1, 2]);
    expect(asked.slice(1).map(({ path }) => path)).toEqual([
      "/api/jobs/job/events?after=0",
      "/api/jobs/job/events?after=1",
    ]);
  });

  it("are polled where the server has no stream left", async () => {
    const asked = serve([
      () => new Response(null, { status: 429 }),
      page("cancelled", [{ id: 1, kind: "cancelled" }], 1),
    ]);
    expect((await follow()).ids).toEqual([1]);
    expect(asked).toHaveLength(2);
  });

  it("are asked for again after an outage, and the page learns of both", async () => {
    const asked = serve([
      stream(event(1)),
      () => Promise.reject(new TypeError("Failed to fetch")),
      () => new Response(null, { status: 503 }),
      stream(event(2, "succeeded")),
    ]);
    expect(await follow()).toEqual({ ids: [1, 2], connections: [false, true] });
    expect(asked).toHaveLength(4);
  });

  it("are given up when the job isn't there any more", async () => {
    const asked = serve([() => new Response(null, { status: 404 })]);
    await follow();
    expect(asked).toHaveLength(1);
  });

  it("skip what isn't an event of a job", async () => {
    serve([
      stream(`data: {}\n\nid: x\ndata: {}\n\nid: 1\ndata: no JSON\n\n${event(2, "succeeded")}`),
    ]);
    expect((await follow()).ids).toEqual([2]);
  });
});
