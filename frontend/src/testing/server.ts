/** A server for component tests: answers by path, changeable while a test runs. */
import { vi } from "vitest";
import { asStream, MockAssistant } from "../../mock/assistant.ts";
import { MockExports } from "../../mock/exports.ts";
import { allWell } from "../../mock/fixtures.ts";
import { MockLibrary } from "../../mock/library.ts";
import { MockSessions } from "../../mock/sessions.ts";

export interface Answer {
  status: number;
  /** Of an answer that isn't JSON. */
  headers?: Record<string, string>;
  body?: unknown;
}

/**
 * Stubs `fetch`; paths that are not in `answers` are answered as by a healthy server, those of
 * decks by `sessions`, those of prompts, styles and profiles by `library`, those of chats by `assistant`, and those of
 * exports and Google by `exports`.
 */
export function serve(
  answers: Record<string, Answer | "unreachable"> = {},
  sessions = new MockSessions(),
  library = new MockLibrary(),
  assistant = new MockAssistant(sessions),
  exports = new MockExports(sessions),
) {
  const current = new Map(Object.entries(answers));
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    asked.push(path);
    const parts = { sessions, library, assistant, exports };
    const answer = current.get(path) ?? eventsOf(parts, path, init) ?? healthy(parts, path, init);
    if (answer === "unreachable") throw new TypeError("Failed to fetch");
    const { status, headers, body } = answer;
    if (headers) return new Response(String(body), { status, headers });
    return new Response(status === 204 ? null : JSON.stringify(body), { status });
  });
  return {
    answer: (path: string, next: Answer | "unreachable") => current.set(path, next),
    allWell: () => current.clear(),
    /** The paths of all requests until now. */
    asked: () => [...asked],
  };
}

interface Parts {
  sessions: MockSessions;
  library: MockLibrary;
  assistant: MockAssistant;
  exports: MockExports;
}

/** The events of a job as a stream, if they are asked for. */
function eventsOf({ assistant, exports }: Parts, path: string, init?: RequestInit) {
  const job = /^\/api\/jobs\/([^/]+)\/events$/.exec(path)?.[1];
  if (job === undefined) return undefined;
  const after = Number(new Headers(init?.headers).get("last-event-id") ?? 0);
  const part = exports.knows(path) ? exports : assistant;
  const { events, isOver } = part.events(job, after);
  if (isOver && events.length === 0) return { status: 204 };
  return { status: 200, headers: {}, body: asStream(events) };
}

function healthy(
  { sessions, library, assistant, exports }: Parts,
  path: string,
  init: RequestInit = {},
): Answer {
  if (path in allWell) return { status: 200, body: allWell[path] };
  const body = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
  if (exports.knows(path)) return exports.answer(init.method ?? "GET", path, body);
  if (MockAssistant.knows(path)) return assistant.answer(init.method ?? "GET", path, body);
  const isOfLibrary = /^\/api\/(settings\/|themes)/.test(path);
  const part = isOfLibrary ? library : sessions;
  return part.answer(init.method ?? "GET", path, body);
}
