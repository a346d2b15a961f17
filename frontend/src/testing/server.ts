/** A server for component tests: answers by path, changeable while a test runs. */
import { vi } from "vitest";
import { allWell } from "../../mock/fixtures.ts";

export interface Answer {
  status: number;
  body: unknown;
}

/** Stubs `fetch`; paths that are not in `answers` are answered as by a healthy server. */
export function serve(answers: Record<string, Answer | "unreachable"> = {}) {
  const current = new Map(Object.entries(answers));
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    const answer = current.get(path) ?? { status: 200, body: allWell[path] };
    if (answer === "unreachable") throw new TypeError("Failed to fetch");
    return new Response(JSON.stringify(answer.body), { status: answer.status });
  });
  return {
    answer: (path: string, next: Answer | "unreachable") => current.set(path, next),
    allWell: () => current.clear(),
    /** The paths of all requests until now. */
    asked: () => [...asked],
  };
}
