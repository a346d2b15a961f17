/** A server for component tests: answers by path, changeable while a test runs. */
import { vi } from "vitest";
import { asStream, MockAssistant } from "../../mock/assistant.ts";
import { allWell } from "../../mock/fixtures.ts";
import { MockLibrary } from "../../mock/library.ts";
import { MockSessions } from "../../mock/sessions.ts";

export interface Answer {
  status: number;
  body?: unknown;
}

/**
 * Stubs `fetch`; paths that are not in `answers` are answered as by a healthy server, those of
 * decks by `sessions`, those of prompts, styles and profiles by `library`, and those of chats by `assistant`.
 */
export function serve(
  answers: Record<string, Answer | "unreachable"> = {},
  sessions = new MockSessions(),
  library = new MockLibrary(),
  assistant = new MockAssistant(sessions),
) {
  const current = new Map(Object.entries(answers));
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    asked.push(path);
    const job = /^\/api\/jobs\/([^/]+)\/events$/.exec(path)?.[1];
    if (job !== undefined && !current.has(path)) {
      const after = Number(new Headers(init?.headers).get("last-event-id") ?? 0);
      const { events, isOver } = assistant.events(job, after);
      if (isOver && events.length === 0) return new Response(null, { status: 204 });
      return new Response(asStream(events), { status: 200 });
    }
    const answer = current.get(path) ?? healthy({ sessions, library, assistant }, path, init);
    if (answer === "unreachable") throw new TypeError("Failed to fetch");
    const body = answer.status === 204 ? null : JSON.stringify(answer.body);
    return new Response(body, { status: answer.status });
  });
  return {
    answer: (path: string, next: Answer | "unreachable") => current.set(path, next),
    allWell: () => current.clear(),
    /** The paths of all requests until now. */
    asked: () => [...asked],
  };
}

function healthy(
  {
    sessions,
    library,
    assistant,
  }: { sessions: MockSessions; library: MockLibrary; assistant: MockAssistant },
  path: string,
  init: RequestInit = {},
): Answer {
  if (path in allWell) return { status: 200, body: allWell[path] };
  const body = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
  if (MockAssistant.knows(path)) return assistant.answer(init.method ?? "GET", path, body);
  const part = path.startsWith("/api/settings/") ? library : sessions;
  return part.answer(init.method ?? "GET", path, body);
}
