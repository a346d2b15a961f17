/** Every state of the app's status, in light and dark, on a wide screen and on a phone. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { down, ready } from "../../frontend/mock/fixtures.ts";
import { ADDRESS, type Answer, serveBuiltPage } from "./builtPage.ts";

const OUTPUT = "../output/browser";
const UNAVAILABLE: Answer = {
  status: 503,
  body: { error: { code: "database_unavailable", message: "The database can't be reached." } },
};
const DATABASE_DOWN = {
  "/api/ready": { status: 503, body: down },
  "/api/settings/prompts": UNAVAILABLE,
  "/api/settings/styles": UNAVAILABLE,
  "/api/settings/profiles": UNAVAILABLE,
};

interface State {
  answers: Record<string, Answer | "never">;
  shows: string | RegExp;
}

const STATES: Record<string, State> = {
  well: { answers: {}, shows: "Connected" },
  down: { answers: DATABASE_DOWN, shows: "The database can’t be reached" },
  migrating: {
    answers: {
      "/api/ready": {
        status: 503,
        body: { ready: false, database: { ...ready.database, state: "migrating" } },
      },
    },
    shows: "The database is being migrated",
  },
  empty: {
    answers: {
      "/api/settings/prompts": { status: 200, body: { prompts: [] } },
      "/api/settings/styles": { status: 200, body: { styles: [] } },
      "/api/settings/profiles": { status: 200, body: { profiles: [] } },
    },
    shows: /There are no deck prompts yet/,
  },
  loading: {
    answers: {
      "/api/ready": "never",
      "/api/settings/prompts": "never",
      "/api/settings/styles": "never",
    },
    shows: "Checking",
  },
};

const SCREENS = { wide: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };
const SCHEMES = ["light", "dark"] as const;

function collectProblems(page: Page): string[] {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    // The browser itself reports each 503; that is the state under test.
    const expected = message.text().includes("503");
    if (message.type() === "error" && !expected) problems.push(message.text());
  });
  return problems;
}

for (const [name, { answers, shows }] of Object.entries(STATES)) {
  for (const [screen, viewport] of Object.entries(SCREENS)) {
    for (const colorScheme of SCHEMES) {
      test(`${name}, ${screen}, ${colorScheme}`, async ({ browser }) => {
        const context = await browser.newContext({
          viewport,
          colorScheme,
          reducedMotion: "reduce",
        });
        const page = await context.newPage();
        const problems = collectProblems(page);
        await serveBuiltPage(page, answers);
        await page.goto(`${ADDRESS}/settings`);
        await expect(page.getByText(shows).first()).toBeVisible();

        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - window.innerWidth,
        );
        expect(overflow, "nothing scrolls sideways").toBeLessThanOrEqual(0);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
        expect(problems).toEqual([]);
        await page.screenshot({
          path: `${OUTPUT}/${name}-${screen}-${colorScheme}.png`,
          fullPage: true,
        });
        await context.close();
      });
    }
  }
}

test("an outage shows when the page is looked at, and its end does by itself", async ({ page }) => {
  const server = await serveBuiltPage(page);
  await page.clock.install();
  await page.goto(`${ADDRESS}/settings`);
  await expect(page.getByText("Connected", { exact: true })).toBeVisible();

  for (const [path, answer] of Object.entries(DATABASE_DOWN)) server.answer(path, answer);
  await page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
  await expect(page.getByRole("alert")).toContainText("The database can’t be reached");
  await expect(page.getByRole("heading", { name: "Business review" })).toBeVisible();

  server.allWell();
  await page.clock.runFor(3_000);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByText("Connected", { exact: true })).toBeVisible();
});

test("everything can be reached and used with the keyboard", async ({ page }) => {
  await serveBuiltPage(page);
  await page.goto(`${ADDRESS}/settings`);
  await expect(page.getByText("Connected", { exact: true })).toBeVisible();

  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toBeFocused();

  // First the links to the sections, then the profiles, then what the assistant uses, then the first prompt.
  const press = async (times: number) => {
    for (let press = 0; press < times; press += 1) await page.keyboard.press("Tab");
  };
  await press(7);
  await expect(page.getByRole("button", { name: "New profile" })).toBeFocused();
  await press(2);
  await expect(page.getByRole("button", { name: /^Test databricks-claude/ })).toBeFocused();
  await press(8);
  const summary = page.locator("summary").first();
  await expect(summary).toBeFocused();
  const outline = await summary.evaluate((element) => getComputedStyle(element).outlineStyle);
  expect(outline).toBe("solid");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Write for people who decide")).toBeVisible();
});

test("a chosen theme outlives a reload", async ({ browser }) => {
  const page = await browser.newPage({ colorScheme: "light" });
  await serveBuiltPage(page);
  await page.goto(`${ADDRESS}/settings`);
  const background = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await background();
  await page.getByRole("radio", { name: "Dark theme" }).check();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  await expect(page.getByRole("radio", { name: "Dark theme" })).toBeChecked();
  expect(await background()).toBe(dark);
  await page.close();
});

test("an unknown address says so and leads back", async ({ page }) => {
  await serveBuiltPage(page);
  await page.goto(`${ADDRESS}/no/such/page`);
  await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
  await page.getByRole("link", { name: "Back to the home page" }).click();
  await expect(page.getByRole("heading", { name: "Your decks" })).toBeVisible();
});
