/**
 * The built page without a server: files from frontend/dist, API answers from fixtures.
 *
 * All requests are answered by the browser's request interception, so nothing listens on a port,
 * and every response has the server's Content-Security-Policy.
 */
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Page, Route } from "@playwright/test";
import { asStream, MockAssistant } from "../../frontend/mock/assistant.ts";
import { MockExports } from "../../frontend/mock/exports.ts";
import { allWell } from "../../frontend/mock/fixtures.ts";
import { MockLibrary } from "../../frontend/mock/library.ts";
import { MockSessions } from "../../frontend/mock/sessions.ts";

export const ADDRESS = "http://tellr.test";

const DIST = join(import.meta.dirname, "../../frontend/dist");
/** The folder of `npm run build:mock`: the page with a mock workspace behind its deployer. */
export const MOCK_DIST = join(import.meta.dirname, "../output/mock-page");
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
};
/** As `runtime/src/http/security/headers.rs` has it for the page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** The image behind each id: a PNG of one pixel. */
export const DOT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

export interface Answer {
  status: number;
  body: unknown;
}

/**
 * Paths that are not in `answers` are answered as by a healthy server, those of decks by `sessions`, those of
 * prompts, styles and profiles by `library`, those of chats by `assistant`, those of exports and Google by `exports`;
 * `"never"` stays pending.
 */
export async function serveBuiltPage(
  page: Page,
  answers: Record<string, Answer | "never"> = {},
  dist: string = DIST,
  sessions = new MockSessions(),
  library = new MockLibrary(),
  assistant = new MockAssistant(sessions),
  exports = new MockExports(sessions),
) {
  const current = new Map(Object.entries(answers));
  await page.route(`${ADDRESS}/**`, async (route) => {
    const request = route.request();
    const { pathname, search } = new URL(request.url());
    if (!pathname.startsWith("/api/")) return serveFile(route, dist, pathname);
    const known = current.get(pathname);
    if (known === "never") return;
    if (known) return route.fulfill({ status: known.status, json: known.body });
    if (pathname in allWell) return route.fulfill({ status: 200, json: allWell[pathname] });
    await fulfillApi(route, `${pathname}${search}`, { sessions, library, assistant, exports });
  });
  return {
    sessions,
    library,
    assistant,
    exports,
    answer: (path: string, next: Answer) => current.set(path, next),
    allWell: () => current.clear(),
  };
}

interface Parts {
  sessions: MockSessions;
  library: MockLibrary;
  assistant: MockAssistant;
  exports: MockExports;
}

/** Answers as the part of the server that knows the path. */
async function fulfillApi(
  route: Route,
  url: string,
  { sessions, library, assistant, exports }: Parts,
) {
  const request = route.request();
  if (request.method() === "GET" && url.startsWith("/api/images/")) {
    return route.fulfill({ body: DOT, contentType: "image/png" });
  }
  const job = /^\/api\/jobs\/([^/]+)\/events$/.exec(url)?.[1];
  const path = url.split("?")[0] ?? "";
  if (job !== undefined) {
    return fulfillEvents(route, exports.knows(path) ? exports : assistant, job);
  }
  const isJson = request.headers()["content-type"] === "application/json";
  const body = isJson ? (request.postDataJSON() as unknown) : (request.postData() ?? undefined);
  const ofLibrary = /^\/api\/(settings\/|themes)/.test(url) ? library : sessions;
  if (exports.knows(path)) {
    const answer = exports.answer(request.method(), url, body);
    if ("headers" in answer) return route.fulfill(answer);
    return route.fulfill({ status: answer.status, json: answer.body });
  }
  const part = MockAssistant.knows(path) ? assistant : ofLibrary;
  const answer = part.answer(request.method(), url, body);
  await route.fulfill({ status: answer.status, json: answer.body });
}

/** The events until now. The stream ends after them, as the server's does after a while, and the page comes back. */
async function fulfillEvents(route: Route, part: Pick<MockAssistant, "events">, job: string) {
  const after = Number((await route.request().allHeaders())["last-event-id"] ?? 0);
  const { events, isOver } = part.events(job, after);
  if (isOver && events.length === 0) return route.fulfill({ status: 204 });
  await route.fulfill({ contentType: "text/event-stream", body: asStream(events) });
}

async function serveFile(route: Route, dist: string, pathname: string) {
  const name = extname(pathname) ? pathname : "/index.html";
  await route.fulfill({
    body: await readFile(join(dist, name)),
    contentType: TYPES[extname(name)] ?? "application/octet-stream",
    headers: { "content-security-policy": POLICY },
  });
}
