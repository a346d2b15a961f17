/** The assistant's deck out of the app: files that other programs open, and Google Slides by its stand-in. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, type Page, test } from "@playwright/test";
import { type Demo, startDemo } from "./demo.ts";

const ROOT = join(import.meta.dirname, "../..");
const RESULTS = join(import.meta.dirname, "../output/browser/exports");
const PYTHON = join(ROOT, ".cache/quality/bin/python");
const PROMPT = "Quarterly review of the sample sales data, 6 slides with charts";
const run = promisify(execFile);

test.use({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });

let demo: Demo;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  mkdirSync(RESULTS, { recursive: true });
  demo = await startDemo();
});

test.afterAll(() => demo?.stop());

const dialog = (page: Page) => page.getByRole("dialog", { name: "Export" });
const button = (page: Page, name: string | RegExp) => dialog(page).getByRole("button", { name });

interface Block {
  type: string;
  text?: string;
  series?: { name: string; values: (number | null)[] }[];
}
interface StoredDeck {
  title: string;
  slides: { blocks: Block[] }[];
}

async function stored(page: Page): Promise<StoredDeck> {
  const id = new URL(page.url()).pathname.split("/").at(-1);
  const url = new URL(`/api/sessions/${id}/deck`, page.url()).href;
  return (await (await page.request.get(url)).json()).deck;
}

/** Exports by a button, and keeps the file that the browser downloads. */
async function downloaded(page: Page, name: string): Promise<string> {
  const coming = page.waitForEvent("download");
  await button(page, `Export ${name}`).click();
  const file = await coming;
  const path = join(RESULTS, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

test("the assistant's deck opens elsewhere, and goes into one presentation of Google's", async ({
  page,
  browser,
}) => {
  test.setTimeout(300_000);
  await page.goto(demo.url);
  await page.getByRole("textbox", { name: "What should the deck tell, and to whom?" }).fill(PROMPT);
  await page.getByRole("button", { name: "Create deck" }).click();
  await expect(page.getByRole("option", { name: /^Slide \d/ })).toHaveCount(6, { timeout: 90_000 });
  await expect(page.getByText(/^Writing slides/)).toHaveCount(0, { timeout: 90_000 });
  const deck = await stored(page);
  await page.keyboard.press("Control+Shift+e");

  const pptx = await downloaded(page, "PowerPoint");
  const opened = JSON.parse(
    (await run(PYTHON, [join(import.meta.dirname, "opened.py"), pptx, RESULTS])).stdout,
  );
  expect(opened.pdf_bytes).toBeGreaterThan(10_000);
  expect(opened.slides).toHaveLength(6);
  for (const [index, { blocks }] of deck.slides.entries()) {
    const title = blocks.find(({ type }) => type === "title")?.text?.replaceAll("*", "");
    expect(opened.slides[index].title.replaceAll("\v", "")).toBe(title);
    expect(opened.slides[index].pictures).toBe(0);
    const charts = blocks.filter(({ type }) => type === "chart");
    const written = opened.slides[index].charts.map(sorted);
    expect(written).toEqual(
      charts.map(({ series = [] }) =>
        sorted(Object.fromEntries(series.map(({ name, values }) => [name, values]))),
      ),
    );
  }

  const pdf = await downloaded(page, "PDF");
  const { stdout } = await run("pdftotext", [pdf, "-"]);
  for (const { title } of opened.slides) {
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(title.replaceAll(/\s+/g, " "));
  }

  const html = await downloaded(page, "Web page");
  const offline = await browser.newContext({ offline: true });
  const alone = await offline.newPage();
  const problems: string[] = [];
  alone.on("pageerror", (error) => problems.push(error.message));
  alone.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) problems.push(request.url());
  });
  await alone.goto(pathToFileURL(html).href);
  await expect(alone.locator("svg").first()).toBeVisible();
  await alone.keyboard.press("End");
  await alone.screenshot({ path: join(RESULTS, "offline.png") });
  expect(await alone.title()).toContain(deck.title);
  expect(problems).toEqual([]);
  await offline.close();

  const kept = JSON.parse(readFileSync(await downloaded(page, "Tellr deck"), "utf8"));
  expect(kept).toMatchObject({ tellr: 1, deck });

  // Google: connected once, sent twice, one presentation.
  const popup = page.waitForEvent("popup");
  await button(page, /Connect to Google/).click();
  await (await popup).waitForEvent("close", { timeout: 30_000 });
  await button(page, /Send to Google Slides/).click();
  await expect(dialog(page).getByRole("link", { name: /Open in Google Slides/ })).toBeVisible({
    timeout: 60_000,
  });
  await page.screenshot({ path: join(RESULTS, "google.png") });
  const files = async () => (await fetch(`${demo.google}/__local/files`)).json();
  const [first, ...others] = await files();
  expect(others).toEqual([]);
  await button(page, /Send again|Send to Google Slides/).click();
  await expect
    .poll(async () => (await files())[0].revision, { timeout: 60_000 })
    .toBeGreaterThan(first.revision);
  expect(await files()).toHaveLength(1);
  expect((await files())[0].id).toBe(first.id);
});

/** The same with the values of each series in one order: a chart may draw its categories in another. */
function sorted(series: Record<string, (number | null)[]>): Record<string, (number | null)[]> {
  const order = (one: number | null, other: number | null) => (one ?? 0) - (other ?? 0);
  const each = Object.entries(series).map(([name, values]) => [name, values.toSorted(order)]);
  return Object.fromEntries(each);
}
