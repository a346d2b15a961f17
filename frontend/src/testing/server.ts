/** A server for component tests: answers by path, changeable while a test runs. */
import { vi } from "vitest";
import { allWell } from "../../mock/fixtures.ts";
import { MockLibrary } from "../../mock/library.ts";
import { MockSessions } from "../../mock/sessions.ts";

export interface Answer {
  status: number;
  body?: unknown;
}

/**
 * Stubs `fetch`; paths that are not in `answers` are answered as by a healthy server, those of
 * decks by `sessions`, and those of prompts, styles and profiles by `library`.
 */
export function serve(
  answers: Record<string, Answer | "unreachable"> = {},
  sessions = new MockSessions(),
  library = new MockLibrary(),
) {
  const current = new Map(Object.entries(answers));
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    asked.push(path);
    const answer = current.get(path) ?? healthy({ sessions, library }, path, init);
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
  { sessions, library }: { sessions: MockSessions; library: MockLibrary },
  path: string,
  init: RequestInit = {},
): Answer {
  if (path in allWell) return { status: 200, body: allWell[path] };
  const body = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
  const part = path.startsWith("/api/settings/") ? library : sessions;
  return part.answer(init.method ?? "GET", path, body);
}
