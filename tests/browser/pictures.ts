/**
 * The pictures in the README. Each is taken during a real run and stored with its text: when the
 * text changes, the picture is stale and its test fails.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Locator, type Page } from "@playwright/test";

const KEPT = join(import.meta.dirname, "pictures");
const TAKEN = join(import.meta.dirname, "../output/pictures");
const REFRESH = process.env.TELLR_PICTURES === "refresh";
const LIMIT = 200 * 1024;

/** Takes the picture `name` of `shown`; `text` is its readable text. */
export async function keepPicture(name: string, shown: Page | Locator, text: string) {
  const folder = REFRESH ? KEPT : TAKEN;
  mkdirSync(folder, { recursive: true });
  const picture = await shown.screenshot({
    path: join(folder, `${name}.png`),
    animations: "disabled",
    // JupyterLab's own notifications.
    style: ".Toastify { display: none }",
  });
  expect(picture.length, `${name}.png has at most 200 KB`).toBeLessThanOrEqual(LIMIT);
  const words = lasting(text);
  if (REFRESH) writeFileSync(join(KEPT, `${name}.txt`), words);
  expect(words, "stale: run `npm --prefix tests/browser run pictures`").toBe(
    readFileSync(join(KEPT, `${name}.txt`), "utf8"),
  );
}

/** The number of progress lines and the order in which steps end depend on the machine. */
const PASSING = /…|^\d+$|^<? ?N s$|steps are done\.$/;

/** A text without parts that differ between runs: order, durations, ports, dates. */
function lasting(text: string): string {
  const lines = text
    .replace(/\d+(\.\d+)?(?=\s*(ms|s|min)\b)/g, "N")
    .replace(/ *\(N s\)/g, "")
    .replace(/\d{4}-\d\d-\d\dT[\d:]+Z?|\d\d:\d\d(:\d\d)?/g, "TIME")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replace(/PostgreSQL \d[\d.]*/g, "PostgreSQL N")
    .split("\n")
    .map((line) => line.trim().replace(/\s+/g, " "))
    .filter((line) => line !== "" && !PASSING.test(line));
  return `${[...new Set(lines)].sort().join("\n")}\n`;
}
