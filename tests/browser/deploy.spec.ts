/** The whole deploy page in a browser, against a workspace with real Lakebase and real apps. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BrowserContext, expect, type Locator, type Page, test } from "@playwright/test";
import {
  type DeployPage,
  NEXT_VERSION,
  startDeployPage,
  startWorkspace,
  type Workspace,
} from "./deployStand.ts";

const OUTPUT = "../output/browser/deploy-live";
const FIGURES = join(import.meta.dirname, "../../.cache/setup/figures/deploy-page.txt");
const KIB = 1024;

test.describe.configure({ mode: "serial" });
test.setTimeout(180_000);

let workspace: Workspace;
let served: DeployPage;
let context: BrowserContext;
let page: Page;
/** The network traffic and the page's content, for {@link expectNoToken}. */
let traffic: string[];
let problems: string[];

test.beforeAll(async ({ browser }) => {
  workspace = await startWorkspace("--pace", "scaled:0.02");
  served = await startDeployPage(workspace);
  context = await browser.newContext();
  page = await open(context);
});

test.afterAll(async () => {
  await context?.close();
  await served?.stop();
  await workspace?.stop();
});

/** A page that records its traffic, and accepts the dialog about leaving the page. */
async function open(into: BrowserContext): Promise<Page> {
  const opened = await into.newPage();
  traffic = [];
  problems = [];
  opened.on("dialog", (dialog) => void dialog.accept());
  opened.on("pageerror", (error) => problems.push(error.message));
  opened.on("request", (request) => {
    traffic.push(`${request.url()} ${JSON.stringify(request.headers())} ${request.postData()}`);
  });
  opened.on("response", async (response) => {
    const body = await response.text().catch(() => "");
    traffic.push(`${JSON.stringify(await response.allHeaders().catch(() => ({})))} ${body}`);
  });
  return opened;
}

/** Copies the first context's session to another one: the printed URL works only once. */
async function letIn(fresh: BrowserContext) {
  await fresh.addCookies(await context.cookies());
}

const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
const field = (name: string) => page.getByLabel(new RegExp(`^${name}`));
const step = (name: string) =>
  page
    .getByRole("list", { name: "Steps" })
    .getByRole("listitem")
    .filter({ has: page.getByText(name, { exact: true }) });

/** Screenshots in light and in dark. */
async function photograph(name: string) {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({
      path: `${OUTPUT}/${name}-${colorScheme}.png`,
      fullPage: true,
      // Colours during the transition from light to dark match neither theme.
      animations: "disabled",
    });
  }
}

/** The workspace's token, which must never reach the browser. */
async function expectNoToken() {
  const kept = await page.evaluate(() => ({
    page: document.documentElement.outerHTML,
    local: JSON.stringify(localStorage),
    session: JSON.stringify(sessionStorage),
    cookies: document.cookie,
    addresses: performance.getEntries().map(({ name }) => name),
  }));
  expect(JSON.stringify([kept, traffic]).includes(workspace.token)).toBe(false);
  expect(traffic.length).toBeGreaterThan(10);
}

async function review() {
  await button("Review").click();
  await expect(page.getByRole("heading", { name: "Steps" })).toBeVisible();
}

const done = () =>
  page.getByRole("heading", { name: /^Tellr (is running|is up to date|was deleted)$/ });

test("the page is there at once, and brings what it needs and no more", async ({ browser }) => {
  const answered = await page.goto(served.entrance);
  expect(page.url()).not.toContain("key=");
  const policy = answered?.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(policy).toContain("style-src 'self'");
  expect(policy).not.toContain("unsafe-inline");
  await expect(page.getByText("ada@example.com", { exact: true })).toBeVisible();
  await expect(page.getByText(/The name tellr is free/)).toBeVisible();
  await photograph("form");

  // The best of several measurements, as other load on the machine must not count.
  const times = [];
  for (let round = 0; round < 5; round += 1) times.push(await timeToForm(browser.newContext()));
  const best = Math.min(...times.map(({ paintToForm }) => paintToForm));
  const [{ scripts, module } = { scripts: 0, module: 0 }] = times;
  mkdirSync(join(FIGURES, ".."), { recursive: true });
  writeFileSync(
    FIGURES,
    [
      `  deploy page            ${(scripts / KIB).toFixed(1)} KiB of scripts beyond the first load, brotli\n`,
      `                         ${(module / KIB).toFixed(1)} KiB of WebAssembly, brotli\n`,
      `                         ${best.toFixed(0)} ms from first paint to a form that checks what is typed\n`,
    ].join(""),
  );
  expect(scripts).toBeLessThanOrEqual(60 * KIB);
  expect(best).toBeLessThan(1_000);
});

test("without leave to run WebAssembly the page says what is in the way", async ({ browser }) => {
  const visit = await browser.newPage();
  await visit.goto(served.entrance);
  await visit.route(/\/deploy$/, async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    const policy = headers["content-security-policy"]?.replace(" 'wasm-unsafe-eval'", "") ?? "";
    await route.fulfill({ response, headers: { ...headers, "content-security-policy": policy } });
  });
  await visit.reload();
  await expect(
    visit.getByRole("heading", { name: "WebAssembly is blocked on this page" }),
  ).toBeVisible();
  await expect(visit.getByText("WASM_BLOCKED")).toBeVisible();
  await visit.close();
});

/** From the first paint until the form is checked by the deployer's own code; bytes as transferred. */
async function timeToForm(opening: Promise<BrowserContext>) {
  const fresh = await opening;
  await letIn(fresh);
  const visit = await fresh.newPage();
  await visit.addInitScript(() => {
    new MutationObserver((_changes, observer) => {
      const file = document.querySelector('[aria-label="tellr.yaml"][role="region"]');
      if (!file?.textContent?.includes("app_name")) return;
      performance.mark("usable");
      observer.disconnect();
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await visit.goto(served.entrance);
  await visit.waitForFunction(() => performance.getEntriesByName("usable").length > 0);
  const measured = await visit.evaluate(() => {
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    const [usable] = performance.getEntriesByName("usable");
    const bytes = (pattern: RegExp) =>
      performance
        .getEntriesByType("resource")
        .filter(({ name }) => pattern.test(name))
        .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize, 0);
    return {
      paintToForm: (usable?.startTime ?? 0) - (paint?.startTime ?? 0),
      scripts: bytes(/\/assets\/(DeployPage|deployer)-[^/]*\.js$/),
      module: bytes(/\.wasm$/),
    };
  });
  await fresh.close();
  return measured;
}

test("from a form over the review to an app that answers", async () => {
  await page.goto(served.entrance);
  await review();
  await expect(page.getByRole("region", { name: "app.yaml" })).toContainText("LAKEBASE_INSTANCE");
  await photograph("review");
  const before = await workspace.control("GET", "/journal?mutations=true");
  expect(before).toMatchObject({ entries: [] });

  await button("Deploy").click();
  await expect(page.getByRole("heading", { name: "Deploying tellr" })).toBeFocused();
  await expect(step("App")).toContainText("waiting for the platform");
  await photograph("running");
  await expect(done()).toBeVisible({ timeout: 120_000 });
  await photograph("done");

  const [app] = await Promise.all([
    context.waitForEvent("page"),
    page.getByRole("link", { name: "Open Tellr" }).click(),
  ]);
  // The app accepts only users who are signed in to the workspace.
  await app.getByRole("link", { name: /ada@example\.com/ }).click();
  await app.getByRole("link", { name: "Settings" }).click();
  await expect(app.getByText("Connected", { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(app.getByText(/Lakebase autoscaling, PostgreSQL/)).toBeVisible();
  await app.close();
  await expectNoToken();
});

test("an update to another version finds by itself what is deployed", async () => {
  await button("Change settings").click();
  await expect(field("Lakebase database")).toHaveValue("tellr-db");
  await expect(field("Schema")).toHaveValue("app_data");
  await field("Version").fill(NEXT_VERSION);
  await review();
  await page.getByRole("tab", { name: "requirements.txt" }).click();
  await expect(page.getByRole("region", { name: "requirements.txt" })).toContainText(
    `tellr-app==${NEXT_VERSION}`,
  );
  await button("Update").click();
  await expect(done()).toBeVisible({ timeout: 120_000 });
  await button("Change settings").click();
  await expect(page.getByText(`version ${NEXT_VERSION}`)).toBeVisible();
});

test("a deployment that fails is reported in the platform's words, as text, and resumed", async () => {
  const message = `<img src=x onerror="document.title='owned'"> exited with 1`;
  const logs = ["<script>document.title='owned'</script>", "ERROR: no such table"];
  await workspace.control("PATCH", "/settings", {
    outcomes: { deployment: { failed: { message, logs } } },
  });
  // What is deployed already isn't deployed again.
  await field("Version").fill("0.1.0");
  await review();
  await button("Update").click();
  // Putting the release before it back fails, too.
  const failure = page.getByRole("region", { name: /Release \d+ of tellr isn't healthy/ });
  await expect(failure).toBeVisible({ timeout: 60_000 });
  await expect(failure).toContainText("RELEASE_FAILED");
  await expect(failure).toContainText(message);
  await expect(step("Deployment")).toContainText("failed");
  await expect(step("Health check")).toContainText("not started");
  expect(await page.locator("main img, main script").count()).toBe(0);
  expect(await page.title()).not.toBe("owned");
  await photograph("failed");

  await workspace.control("PATCH", "/settings", { outcomes: { deployment: "real" } });
  await button("Deploy it again").click();
  await expect(done()).toBeVisible({ timeout: 120_000 });
  expect(problems).toEqual([]);
});

test("a version that doesn't exist is named as what went wrong, and another one goes on", async () => {
  await button("Change settings").click();
  await field("Version").fill("9.9.9");
  await review();
  await button("Update").click();
  const failure = page.getByRole("region", { name: /Release \d+ of tellr isn't healthy/ });
  await expect(failure).toBeVisible({ timeout: 120_000 });
  await expect(failure).toContainText("9.9.9");
  await expect(failure).toContainText(/release \d+ runs again/);
  await button("Back to the form").click();
  await expect(field("Version")).toBeVisible();
  // The release before it was put back.
  await expect(page.getByText(/An unfinished update of/)).toHaveCount(0);
  await field("Version").fill(NEXT_VERSION);
  await review();
  await button("Update").click();
  await expect(done()).toBeVisible({ timeout: 120_000 });
});

test("a reset wants the app's name, and keeps a way back", async () => {
  await button("Change settings").click();
  await page.getByRole("switch", { name: "Empty the database" }).check();
  await review();
  await expect(page.getByRole("region", { name: "Will be lost" })).toContainText("app_data");
  await expect(page.getByRole("region", { name: /can be restored/ })).toContainText("7 days");
  await expect(button("Update")).toBeDisabled();
  await photograph("reset");
  await page.getByLabel(/To confirm/).fill("tellr");
  await button("Update").click();
  await expect(done()).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText(/^Previous data is kept in the branch/)).toContainText("pre-reset-");
});

test("a deletion wants the app's name, and the app is gone", async () => {
  await button("Change settings").click();
  await page.getByRole("radio", { name: /^Delete/ }).check();
  await review();
  await page.getByLabel(/To confirm/).fill("tellr");
  await button("Delete").click();
  await expect(done()).toBeVisible({ timeout: 60_000 });
  await photograph("deleted");
  await button("Back to the form").click();
  await expect(page.getByText(/There is no app tellr/)).toBeVisible();
  await expectNoToken();
  expect(problems).toEqual([]);
});

/**
 * Advances the page's own clock in steps until a condition holds. Requests that are sent meanwhile are answered by real
 * servers; the next step waits for that.
 */
async function passUntil(shown: Locator, limitMs: number, leapMs = 10_000) {
  let underway = 0;
  const sent = () => {
    underway += 1;
  };
  const ended = () => {
    underway -= 1;
  };
  page.on("request", sent);
  page.on("requestfinished", ended);
  page.on("requestfailed", ended);
  try {
    for (let passed = 0; passed < limitMs; passed += leapMs) {
      if (await shown.isVisible()) return;
      await page.clock.runFor(leapMs);
      await new Promise((resolve) => setTimeout(resolve, 40));
      await expect.poll(() => underway <= 0, { intervals: [20] }).toBe(true);
    }
    await expect(shown).toBeVisible();
  } finally {
    page.off("request", sent);
    page.off("requestfinished", ended);
    page.off("requestfailed", ended);
  }
}

test("compute that isn't ready in time ends with a message, and is resumed once it is", async ({
  browser,
}) => {
  // Longer than twenty minutes on the page's clock, which runs fast; also on a machine that is busy with other work.
  await workspace.control("PATCH", "/settings", {
    pace: { durations: { compute_start_ms: 60_000 } },
  });
  const fresh = await browser.newContext();
  await letIn(fresh);
  page = await open(fresh);
  await page.clock.install();
  await page.goto(served.entrance);
  await field("App name").fill("tellr-slow");
  await field("Schema").fill("slow");
  await button("Review").click();
  await passUntil(page.getByRole("heading", { name: "Steps" }), 60_000);
  await button("Deploy").click();
  await passUntil(step("Database").getByText(/^(done|unchanged)$/), 10 * 60_000, 1_000);
  await passUntil(page.getByText("COMPUTE_TIMEOUT"), 40 * 60_000, 20_000);
  const failure = page.getByRole("region", { name: /The compute of app tellr-slow is still/ });
  await expect(failure).toContainText("short of capacity");
  await expect(step("App")).toContainText("failed");
  await photograph("not-ready");

  await button("Resume").click();
  // In small steps: it must be there before another twenty minutes are over.
  await passUntil(done(), 18 * 60_000, 500);
  await workspace.control("PATCH", "/settings", {
    pace: { durations: { compute_start_ms: 1_000 } },
  });
  await fresh.close();
});

test("a page that is loaded again in the middle finds its work and goes on", async ({
  browser,
}) => {
  // The page watches a lock by its own clock: a lease, and two renewals after a takeover.
  test.setTimeout(240_000);
  const still = await startWorkspace("--clock", "virtual", "--apps", "scripted");
  const beside = await startDeployPage(still);
  const fresh = await browser.newContext();
  page = await open(fresh);
  await page.goto(beside.entrance);
  await field("Schema").fill("decks");
  await review();
  const path = "/api/2.0/apps/tellr/deployments";
  await still.control("POST", "/faults", { method: "POST", path, action: "hang" });
  await button("Deploy").click();
  await still.control("GET", "/faults/hanging?timeout_ms=60000");

  await page.reload();
  await expect(page.getByText("Your deployment was interrupted")).toBeVisible();
  await expect(page.getByText(/about 75 s/)).toBeVisible();
  await photograph("interrupted");
  await still.control("DELETE", "/faults");
  await still.control("POST", "/clock", { advance_ms: 60_000 });
  await button("Resume").click();
  await expect(done()).toBeVisible({ timeout: 150_000 });
  await page.getByRole("tab", { name: "Result" }).click();
  await expect(page.getByRole("region", { name: "result.json" })).toContainText("decks");
  await fresh.close();
  await beside.stop();
  await still.stop();
});

/** Completes the workspace's own sign-in in the tab that the page opens for it. */
async function signIn(fresh: BrowserContext) {
  const [tab] = await Promise.all([
    fresh.waitForEvent("page"),
    page.getByRole("link", { name: "Sign in" }).click(),
  ]);
  await tab.getByRole("link", { name: /ada@example\.com/ }).click();
  await expect(page.getByText("ada@example.com", { exact: true })).toBeVisible();
  await tab.close();
}

test("a sign-in that ends half way is reported and repeated, and the run is resumed", async ({
  browser,
}) => {
  const signedIn = await startDeployPage(workspace, "browser");
  const fresh = await browser.newContext();
  page = await open(fresh);
  await page.goto(signedIn.entrance);
  await expect(page.getByText(/^Not signed in to .* yet/)).toBeVisible();
  await photograph("signed-out");
  await signIn(fresh);

  await field("App name").fill("tellr-signed");
  await field("Schema").fill("signed");
  await review();
  const hang = { method: "POST", path: "/api/2.0/apps/tellr-signed/deployments", action: "hang" };
  await workspace.control("POST", "/faults", hang);
  await button("Deploy").click();
  await workspace.control("GET", "/faults/hanging?timeout_ms=60000");
  // Also the current token, and the refresh token for a new one.
  await workspace.control("POST", "/principals/ada@example.com/revoke-sign-ins");
  await workspace.control("POST", "/principals/ada@example.com/expire-tokens");
  await workspace.control("DELETE", "/faults");
  await workspace.control("POST", "/faults/release");

  await expect(page.getByText(/^(TOKEN_EXPIRED|NOT_SIGNED_IN)$/)).toBeVisible({ timeout: 60_000 });
  await photograph("expired");
  await signIn(fresh);
  await button("Resume").click();
  await expect(done()).toBeVisible({ timeout: 120_000 });
  await expectNoToken();
  await fresh.close();
  await signedIn.stop();
});
