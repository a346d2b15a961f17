/** Every state of the deploy page, from phone to wide, in light and dark, with a mock workspace. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { ADDRESS, type Answer, MOCK_DIST, serveBuiltPage } from "./builtPage.ts";

const OUTPUT = "../output/browser/deploy";
const WIDTHS = [1280, 768, 360];
const SCHEMES = ["light", "dark"] as const;

test.beforeAll(() => {
  const frontend = join(import.meta.dirname, "../../frontend");
  execFileSync("npm", ["--prefix", frontend, "run", "--silent", "build:mock"], { stdio: "ignore" });
});

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const named = (page: Page, app: string) => page.getByLabel("App name").fill(app);

async function review(page: Page) {
  await button(page, "Review").click();
  await page.clock.runFor(2_000);
}

async function deploy(page: Page, milliseconds: number) {
  await review(page);
  await button(page, "Deploy").click();
  // In small steps: the effect of a timer may wait for the next one.
  for (let passed = 0; passed < milliseconds; passed += 5_000) await page.clock.runFor(5_000);
}

interface State {
  /** Brings the page into the state. */
  act: (page: Page) => Promise<void>;
  shows: string | RegExp;
  answers?: Record<string, Answer>;
}

const STATES: Record<string, State> = {
  form: { act: async () => undefined, shows: /The name tellr is free/ },
  mistakes: {
    act: async (page) => {
      await named(page, "Tellr App");
      await page.getByText("More settings").click();
      await button(page, "Review").click();
    },
    shows: /One setting needs a look/,
  },
  "file-refused": {
    act: async (page) => {
      await button(page, "Paste text").click();
      await page
        .getByLabel("Configuration as YAML")
        .fill("app_name: slides\nextra_scopes: [files\n");
      await button(page, "Fill in the form").click();
    },
    shows: /can't be read at line 2, column 15/,
  },
  "signed-out": {
    act: async () => undefined,
    answers: {
      "/api/workspace-access": {
        status: 200,
        body: {
          host: "https://my.cloud.databricks.com",
          signed_in: false,
          sign_in_url: "/api/workspace-access/sign-in",
          problem: "Nobody has signed in yet",
        },
      },
    },
    shows: "Sign in to my.cloud.databricks.com",
  },
  unfinished: {
    act: (page) => named(page, "tellr-unfinished"),
    shows: /An unfinished deployment of/,
  },
  locked: {
    act: (page) => named(page, "tellr-locked"),
    shows: /is in progress/,
  },
  review: { act: review, shows: "This is what deploying will do" },
  "review-reset": {
    act: async (page) => {
      await named(page, "tellr-there");
      await page.clock.runFor(2_000);
      await button(page, "Update it instead").click();
      await page.clock.runFor(2_000);
      await page.getByRole("switch", { name: "Empty the database" }).check();
      await review(page);
    },
    shows: "Will be lost",
  },
  running: { act: (page) => deploy(page, 60_000), shows: /Compute of the app tellr is starting/ },
  failed: {
    act: async (page) => {
      await named(page, "tellr-crash");
      await page.clock.runFor(2_000);
      await deploy(page, 180_000);
    },
    shows: "DEPLOYMENT_FAILED",
  },
  stopped: {
    act: async (page) => {
      await deploy(page, 30_000);
      await button(page, "Cancel").click();
      await page.clock.runFor(2_000);
    },
    shows: /was cancelled/,
  },
  done: {
    act: async (page) => {
      await deploy(page, 180_000);
      await page.getByText("Event log").click();
    },
    shows: "Tellr is running",
  },
};

for (const [name, { act, shows, answers }] of Object.entries(STATES)) {
  test(name, async ({ browser }) => {
    const context = await browser.newContext({
      viewport: { width: WIDTHS[0] ?? 0, height: 900 },
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    await page.clock.install();
    await serveBuiltPage(page, answers, MOCK_DIST);
    await page.goto(`${ADDRESS}/deploy?pace=1`);
    await expect(page.getByRole("heading", { level: 1, name: "Deploy Tellr" })).toBeVisible();
    await page.clock.runFor(2_000);
    await act(page);
    await page.clock.runFor(1_000);
    await expect(page.getByText(shows).first()).toBeVisible();

    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - window.innerWidth,
        );
        expect(overflow, `nothing scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
        await page.screenshot({
          path: `${OUTPUT}/${name}-${width}-${colorScheme}.png`,
          fullPage: true,
        });
        if (width === 768) continue;
        const { violations } = await new AxeBuilder({ page }).analyze();
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
        expect(found, `${width}, ${colorScheme}`).toEqual([]);
      }
    }
    expect(problems).toEqual([]);
    await context.close();
  });
}

test("everything up to the app's address can be done with the keyboard", async ({ page }) => {
  await page.clock.install();
  await serveBuiltPage(page, {}, MOCK_DIST);
  await page.goto(`${ADDRESS}/deploy?pace=1`);
  await expect(page.getByRole("heading", { level: 1, name: "Deploy Tellr" })).toBeVisible();
  await page.clock.runFor(2_000);
  await expect(page.getByRole("radio", { name: /^Deploy/ })).toBeEnabled();
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  // Skips the header: the skip link, the logo, the theme.
  await press("Tab", "Enter");
  await expect(page.locator("main")).toBeFocused();
  await press("Tab");
  await expect(page.getByRole("radio", { name: /^Deploy/ })).toBeFocused();
  await press("ArrowRight");
  await expect(page.getByRole("radio", { name: /^Update/ })).toBeChecked();
  await press("ArrowLeft", "Tab");
  await expect(page.getByLabel("App name")).toBeFocused();
  await page.keyboard.type("slides");
  await press("Enter");
  await page.clock.runFor(2_000);
  await expect(page.getByRole("heading", { name: /what deploying will do/ })).toBeFocused();
  const deployButton = button(page, "Deploy");
  for (let tabs = 0; tabs < 12; tabs += 1) {
    if (await deployButton.evaluate((element) => element === document.activeElement)) break;
    await press("Tab");
  }
  await expect(deployButton).toBeFocused();
  await press("Enter");
  await expect(page.getByRole("heading", { name: "Deploying slides" })).toBeFocused();
  for (let passed = 0; passed < 180_000; passed += 5_000) await page.clock.runFor(5_000);
  await expect(page.getByRole("heading", { name: "Tellr is running" })).toBeFocused();
  await press("Tab");
  await expect(page.getByRole("link", { name: /slides-7084166586/ })).toBeFocused();
});

test("without room for motion the bars stand still", async ({ browser }) => {
  for (const reducedMotion of ["reduce", "no-preference"] as const) {
    const page = await browser.newPage({ reducedMotion });
    await page.clock.install();
    await serveBuiltPage(page, {}, MOCK_DIST);
    await page.goto(`${ADDRESS}/deploy?pace=1`);
    await expect(page.getByRole("heading", { level: 1, name: "Deploy Tellr" })).toBeVisible();
    await page.clock.runFor(2_000);
    await deploy(page, 30_000);
    const durations = await page.locator("main *").evaluateAll((elements) =>
      elements.flatMap((element) => {
        const { transitionDuration, animationDuration } = getComputedStyle(element);
        return [transitionDuration, animationDuration];
      }),
    );
    const moving = durations.some((duration) => /[1-9]/.test(duration));
    expect(moving).toBe(reducedMotion === "no-preference");
    await page.close();
  }
});
