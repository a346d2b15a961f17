/**
 * The built page without a server: files from frontend/dist, API answers from fixtures.
 *
 * All requests are answered by the browser's request interception, so nothing listens on a port,
 * and every response has a Content-Security-Policy as strict as the server's.
 */
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Page, Route } from "@playwright/test";
import { allWell } from "../../frontend/mock/fixtures.ts";

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
};
const POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; base-uri 'none'";

export interface Answer {
  status: number;
  body: unknown;
}

/** Paths that are not in `answers` are answered as by a healthy server; `"never"` stays pending. */
export async function serveBuiltPage(
  page: Page,
  answers: Record<string, Answer | "never"> = {},
  dist: string = DIST,
) {
  const current = new Map(Object.entries(answers));
  await page.route(`${ADDRESS}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (!pathname.startsWith("/api/")) return serveFile(route, dist, pathname);
    const answer = current.get(pathname) ?? { status: 200, body: allWell[pathname] };
    if (answer === "never") return;
    await route.fulfill({ status: answer.status, json: answer.body });
  });
  return {
    answer: (path: string, next: Answer) => current.set(path, next),
    allWell: () => current.clear(),
  };
}

async function serveFile(route: Route, dist: string, pathname: string) {
  const name = extname(pathname) ? pathname : "/index.html";
  await route.fulfill({
    body: await readFile(join(dist, name)),
    contentType: TYPES[extname(name)] ?? "application/octet-stream",
    headers: { "content-security-policy": POLICY },
  });
}
