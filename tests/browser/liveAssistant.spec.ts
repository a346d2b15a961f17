/** The assistant with all parts: workspace, model, Genie, warehouse, app process, Lakebase, page. */
import { expect, type Page, test } from "@playwright/test";
import { type Demo, startDemo } from "./demo.ts";
import { record } from "./recording.ts";
import { chartsOf, expectCellsOfTheDatabase, type StoredDeck, tablesOf } from "./trueNumbers.ts";

const PROMPT = "Quarterly review of the sample sales data, 6 slides with charts";
/** Some slides are there, and some aren't. */
const WRITING = /^Writing slides, [1-5] of 6/;
const RESULTS = "../output/browser";

test.use({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });

let demo: Demo;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  demo = await startDemo();
});

test.afterAll(() => demo?.stop());

const panel = (page: Page) => page.getByRole("complementary", { name: "Assistant" });
const slides = (page: Page) => page.getByRole("option", { name: /^Slide \d/ });
const answer = (page: Page, message: string) =>
  panel(page).getByRole("article", { name: `You: ${message}` });

test("a prompt becomes a deck of true numbers, which is kept and changed in words", async ({
  page,
}) => {
  test.setTimeout(180_000);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  await demo.control("PATCH", "/settings", { serving: { all: { ms_per_token: 3 } } });
  const stop = await record(page, `${RESULTS}/assistant.webm`);

  await page.goto(demo.url);
  await prompt(page).fill(PROMPT);
  await expect(page.getByText("Sample sales", { exact: true })).toBeVisible();
  await page.screenshot({ path: `${RESULTS}/assistant-start.png` });
  await page.getByRole("button", { name: "Create deck" }).click();
  await expect(answer(page, PROMPT).getByText(WRITING)).toBeVisible({ timeout: 60_000 });
  await page.screenshot({ path: `${RESULTS}/assistant-writing.png` });
  await expectDone(page, PROMPT);
  await expect(slides(page)).toHaveCount(6);

  const deck = await stored(page);
  expect(deck.slides).toHaveLength(6);
  expect(chartsOf(deck).length).toBeGreaterThanOrEqual(3);
  await expectCellsOfTheDatabase(deck, page, demo);
  await eachSlide(page, "created");

  const url = await demo.restart(page.request);
  await page.goto(url + new URL(page.url()).pathname);
  await expectDone(page, PROMPT);
  await expect(slides(page)).toHaveCount(6);
  expect(await stored(page)).toEqual(deck);

  await say(page, "Add a slide on churn after 3");
  const more = await stored(page);
  expect(more.slides).toHaveLength(7);
  expect(more.slides.filter(({ id }) => id !== more.slides[3]?.id)).toEqual(deck.slides);
  expect(chartsOf({ slides: more.slides.slice(3, 4) })).toHaveLength(1);
  await expectCellsOfTheDatabase(more, page, demo);

  const chart = more.slides.findIndex((slide) => chartsOf({ slides: [slide] }).length === 1);
  await say(page, `Turn the chart on slide ${chart + 1} into a table`);
  const table = await stored(page);
  expect(chartsOf({ slides: table.slides.slice(chart, chart + 1) })).toHaveLength(0);
  expect(tablesOf({ slides: table.slides.slice(chart, chart + 1) })).toHaveLength(1);
  await expectCellsOfTheDatabase(table, page, demo);

  await say(page, "Translate to German");
  const german = await stored(page);
  expect(german.language).toBe("de");
  expect(german.slides.map(({ id }) => id)).toEqual(table.slides.map(({ id }) => id));
  expect(chartsOf(german).map(({ series }) => series.map(({ values }) => values))).toEqual(
    chartsOf(table).map(({ series }) => series.map(({ values }) => values)),
  );
  await expectCellsOfTheDatabase(german, page, demo);
  await eachSlide(page, "german");

  const last = answer(page, "Translate to German");
  await last.getByRole("button", { name: "Undo" }).click();
  await expect(last.getByRole("button", { name: "Undo" })).toHaveCount(0);
  expect(await stored(page)).toEqual(table);
  await page.screenshot({ path: `${RESULTS}/assistant-undone.png` });
  await stop();
  expect(problems).toEqual([]);
});

test("another process finishes what a killed one began, and nothing is doubled", async ({
  page,
}) => {
  test.setTimeout(240_000);
  await demo.control("PATCH", "/settings", { serving: { all: { ms_per_token: 10 } } });
  await demo.control("DELETE", "/model-calls");
  await page.goto(demo.url);
  await prompt(page).fill(PROMPT);
  await page.getByRole("button", { name: "Create deck" }).click();
  await expect(answer(page, PROMPT).getByText(WRITING)).toBeVisible({
    timeout: 60_000,
  });
  const [turn] = await turns(page);
  const written = turn?.slides.filter(({ state }) => state === "done").length ?? 0;
  expect(written).toBeGreaterThan(0);
  demo.kill();
  const before = await demo.modelCalls();
  await page.screenshot({ path: `${RESULTS}/assistant-killed.png` });

  await demo.control("PATCH", "/settings", { serving: { all: { ms_per_token: 0 } } });
  await demo.restart(page.request);
  // The page finds the new process by itself.
  await expectDone(page, PROMPT, 120_000);
  const deck = await stored(page);
  expect(new Set(deck.slides.map(({ id }) => id)).size).toBe(6);
  expect(deck.slides).toHaveLength(6);
  await expectCellsOfTheDatabase(deck, page, demo);
  const after = await demo.modelCalls();
  expect(after).toMatchObject({ gather: before.gather, outline: 1 });
  expect((after.slide ?? 0) - (before.slide ?? 0)).toBeLessThanOrEqual(6 - written);
});

test("an answer goes on after its person has signed in again", async ({ page }) => {
  test.setTimeout(180_000);
  await demo.control("PATCH", "/settings", { genie: { statuses: Array(8).fill("ASKING_AI") } });
  await page.goto(demo.url);
  await prompt(page).fill(PROMPT);
  await page.getByRole("button", { name: "Create deck" }).click();
  await expect(
    panel(page)
      .getByText(/asking…$/)
      .first(),
  ).toBeVisible();
  // The platform hands out no token until the person signs in.
  await demo.control("PATCH", "/settings", { features: { user_authorization: false } });
  await demo.expireTokens(demo.user.user_name);
  const signIn = panel(page).getByRole("button", { name: "Sign in again" });
  await expect(signIn).toBeVisible({ timeout: 60_000 });
  await page.screenshot({ path: `${RESULTS}/assistant-sign-in.png` });
  await demo.control("PATCH", "/settings", {
    features: { user_authorization: true },
    genie: { statuses: [] },
  });
  await signIn.click();
  await expectDone(page, PROMPT, 90_000);
  await expect(slides(page)).toHaveCount(6);
  await expectCellsOfTheDatabase(await stored(page), page, demo);
});

const prompt = (page: Page) =>
  page.getByRole("textbox", { name: "What should the deck tell, and to whom?" });

async function expectDone(page: Page, message: string, timeout = 60_000) {
  await expect(answer(page, message).getByText(/^Done in /)).toBeVisible({ timeout });
}

/** Asks for a change, and waits until it is done. */
async function say(page: Page, message: string) {
  await page.getByRole("textbox", { name: "Message to the assistant" }).fill(message);
  await page.keyboard.press("Enter");
  await expectDone(page, message);
  await page.screenshot({
    path: `${RESULTS}/assistant-${message.toLowerCase().replaceAll(" ", "-")}.png`,
  });
}

/** Looks at each slide in the editor. */
async function eachSlide(page: Page, name: string) {
  const all = slides(page);
  for (let index = 0; index < (await all.count()); index += 1) {
    await all.nth(index).click();
    await expect(all.nth(index)).toHaveAttribute("aria-selected", "true");
    await expect(page.getByRole("main", { name: "Slide" }).locator("svg").first()).toBeVisible();
    await page.screenshot({ path: `${RESULTS}/assistant-${name}-${index + 1}.png` });
  }
}

const session = (page: Page) => new URL(page.url()).pathname.replace("/decks/", "/api/sessions/");

async function stored(page: Page): Promise<StoredDeck> {
  const { origin } = new URL(page.url());
  return (await page.request.get(`${origin}${session(page)}/deck.json`)).json();
}

async function turns(page: Page): Promise<{ slides: { state: string }[] }[]> {
  const { origin } = new URL(page.url());
  return (await (await page.request.get(`${origin}${session(page)}/chat`)).json()).turns;
}
