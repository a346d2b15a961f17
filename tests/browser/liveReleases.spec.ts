/** Releases of a real app: a failing one is followed by the one before, and what was changed can be taken back. */
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import {
  BROKEN_VERSION,
  type DeployPage,
  LAST_WORDS,
  NEXT_VERSION,
  startDeployPage,
  startWorkspace,
  type Workspace,
} from "./deployStand.ts";

const OUTPUT = "../output/browser/live-releases";
const DEPLOYED = { timeout: 120_000 };

test.describe.configure({ mode: "serial" });
test.setTimeout(240_000);

let workspace: Workspace;
let served: DeployPage;
let context: BrowserContext;
let page: Page;

test.beforeAll(async ({ browser }) => {
  workspace = await startWorkspace("--pace", "scaled:0.02", "--sign-in-as", "ada@example.com");
  served = await startDeployPage(workspace);
  context = await browser.newContext();
  page = await context.newPage();
  page.on("dialog", (dialog) => void dialog.accept());
  await page.goto(served.entrance);
});

test.afterAll(async () => {
  await context?.close();
  await served?.stop();
  await workspace?.stop();
});

const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
const field = (name: string) => page.getByLabel(new RegExp(`^${name}`));
const region = (name: string | RegExp) => page.getByRole("region", { name });
const release = (number: number) =>
  page
    .getByRole("list", { name: "Releases" })
    .getByRole("listitem")
    .filter({ has: page.getByText(`Release ${number}`, { exact: true }) });
const done = (title: string) => page.getByRole("heading", { name: title });

async function review() {
  await button("Review").click();
  await expect(page.getByRole("heading", { name: "Steps" })).toBeVisible();
}

async function openReleases() {
  const summary = page.locator("summary", { hasText: "Releases" });
  await expect(summary).toBeVisible();
  const isOpen = await summary.evaluate((element) => element.parentElement?.hasAttribute("open"));
  if (!isOpen) await summary.click();
}

const photograph = (name: string) =>
  page.screenshot({ path: `${OUTPUT}/${name}.png`, fullPage: true, animations: "disabled" });

/** Calls the workspace as its first principal. */
async function call(method: string, path: string, body?: object) {
  const answer = await fetch(workspace.host + path, {
    method,
    headers: { authorization: `Bearer ${workspace.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.status, `${method} ${path}`).toBe(200);
  return answer.json();
}

/** The app in a tab of its own, signed in. */
async function openApp(): Promise<Page> {
  const { url } = await call("GET", "/api/2.0/apps/tellr");
  const app = await context.newPage();
  await app.goto(url);
  return app;
}

test("release 1 is deployed, keeps a deck, and its log is one click away", async () => {
  await field("Version").fill(NEXT_VERSION);
  await review();
  await button("Deploy").click();
  await expect(done("Tellr is running")).toBeVisible(DEPLOYED);
  const app = await openApp();
  await app.getByRole("button", { name: /Sample deck/ }).click();
  await app.waitForURL(/\/decks\//);
  await app.close();

  const opened = context.waitForEvent("page");
  await page.getByRole("link", { name: "Log", exact: true }).click();
  const log = await opened;
  await expect(log.getByText(/\[APP\] .*the database is ready/)).toBeVisible();
  await log.close();
});

test("release 2 does not become healthy, and release 1 is back by itself", async () => {
  await button("Change settings").click();
  await expect(field("Lakebase database")).toHaveValue("tellr-db");
  await field("Version").fill(BROKEN_VERSION);
  await review();
  await button("Update").click();
  const failure = region(/release 1 runs again/);
  await expect(failure).toBeVisible(DEPLOYED);
  await expect(failure).toContainText("RELEASE_FAILED");
  // The log of the app that failed.
  await expect(page.locator("main")).toContainText(LAST_WORDS);
  await photograph("failed");
  const app = await openApp();
  await expect(app.getByText(/Sample|deck/i).first()).toBeVisible();
  await app.close();

  await button("Back to the form").click();
  await openReleases();
  await expect(release(1)).toHaveAttribute("aria-current", "true");
  await expect(release(2)).toContainText("Failed");
  await expect(release(2)).toContainText("Release 1 was put back.");
});

test("a plan shows what was changed outside, and release 3 changes it", async () => {
  await call("PATCH", "/api/2.0/apps/tellr", { description: "Edited in the workspace" });
  await field("Version").fill(NEXT_VERSION);
  await review();
  await expect(region("Changes")).toContainText("Changed outside Tellr");
  await expect(region("Changes")).toContainText("Edited in the workspace");
  await photograph("drift");
  await button("Back").click();
  await page.locator("summary", { hasText: "More settings" }).click();
  await field("Description").fill("Quarterly decks");
  await review();
  await button("Update").click();
  await expect(done("Tellr is up to date")).toBeVisible(DEPLOYED);
  expect((await call("GET", "/api/2.0/apps/tellr")).description).toBe("Quarterly decks");
});

test("release 3 is rolled back by hand", async () => {
  await button("Change settings").click();
  await openReleases();
  await expect(release(3)).toHaveAttribute("aria-current", "true");
  await photograph("releases");
  await button("Roll back to release 1").click();
  await expect(region("Stays as it is")).toContainText("data is not brought back");
  await photograph("rollback");
  await button("Roll back").click();
  await expect(done("Tellr was rolled back")).toBeVisible(DEPLOYED);
  expect((await call("GET", "/api/2.0/apps/tellr")).description).not.toBe("Quarterly decks");
  await button("Change settings").click();
  await expect(release(4)).toContainText("Rolled back to release 1");
});

test("a reset is restored from its branch, with the deck", async () => {
  await page.getByRole("switch", { name: "Empty the database" }).check();
  await review();
  await page.getByLabel(/To confirm/).fill("tellr");
  await button("Update").click();
  await expect(done("Tellr is up to date")).toBeVisible(DEPLOYED);
  const kept = await page.getByText(/^Previous data is kept in the branch/).textContent();
  const branch = /pre-reset-[\w-]+/.exec(kept ?? "")?.[0] ?? "";
  let app = await openApp();
  await expect(app.getByRole("button", { name: /Sample deck/ })).toBeVisible();
  await expect(app.getByText(/You have no decks yet/)).toBeVisible();
  await app.close();

  await button("Change settings").click();
  await openReleases();
  await button(`Restore the data of ${branch}`).click();
  await page.getByLabel(/To confirm/).fill("tellr");
  await button("Restore").click();
  await expect(done("Tellr has the restored data")).toBeVisible(DEPLOYED);
  await photograph("restored");
  app = await openApp();
  await expect(app.getByRole("link", { name: "Welcome to Tellr" })).toBeVisible();
  await app.close();
});
