/** A plan with drift, the releases, a rollback, a restore and an app's log, with a mock workspace. */
import { expect, type Page, test } from "@playwright/test";
import { ADDRESS, MOCK_DIST, serveBuiltPage } from "./builtPage.ts";
import { buildMockPage, testLooks } from "./looks.ts";

const RESTORE_POINT = "pre-reset-20261118-091500";

test.beforeAll(buildMockPage);

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { name });
const region = (page: Page, name: string | RegExp) => page.getByRole("region", { name });
const release = (page: Page, number: number) =>
  page
    .getByRole("list", { name: "Releases" })
    .getByRole("listitem")
    .filter({ has: page.getByText(`Release ${number}`, { exact: true }) });

const form = (page: Page) => page.getByLabel("App name");

async function openReleases(page: Page, app = "tellr-there") {
  await form(page).fill(app);
  await page.getByText("Releases", { exact: true }).click();
  await expect(release(page, 5)).toBeVisible();
}

async function reviewRollback(page: Page, number: number) {
  await openReleases(page);
  await button(page, `Roll back to release ${number}`).click();
}

/** The plan of an update of an app that exists. */
async function reviewUpdate(page: Page, app: string) {
  await form(page).fill(app);
  await button(page, "Update it instead").click();
  await expect(page.getByLabel("Schema")).toHaveValue("app_data");
  await button(page, "Review").click();
  await expect(heading(page, "This is what the update will do")).toBeVisible();
}

async function updateUnhealthy(page: Page) {
  await reviewUpdate(page, "tellr-unhealthy");
  await button(page, "Update").click();
}

/** At `pace` 0 the mock workspace takes no time. */
async function open(page: Page, pace = 0) {
  await serveBuiltPage(page, {}, MOCK_DIST);
  await page.goto(`${ADDRESS}/deploy?pace=${pace}`);
  await expect(form(page)).toBeVisible();
}

const PATH = "/deploy?pace=0";
testLooks("deploy-releases", {
  drift: {
    path: PATH,
    ready: form,
    act: (page) => reviewUpdate(page, "tellr-there"),
    shows: (page) => page.getByText("Changed outside Tellr", { exact: true }),
  },
  releases: {
    path: PATH,
    ready: form,
    act: (page) => openReleases(page),
    shows: (page) => release(page, 1),
  },
  "rollback-plan": {
    path: PATH,
    ready: form,
    act: (page) => reviewRollback(page, 3),
    shows: (page) => page.getByText(/Deploy release 3 again/),
  },
  "rollback-refused": {
    path: PATH,
    ready: form,
    act: (page) => reviewRollback(page, 1),
    shows: (page) => page.getByText("RELEASE_TOO_OLD"),
  },
  unhealthy: {
    path: PATH,
    ready: form,
    act: updateUnhealthy,
    shows: (page) => page.getByText("RELEASE_FAILED"),
  },
});

test("a plan marks what was changed outside, and says when nothing changes", async ({ page }) => {
  await open(page);
  await reviewUpdate(page, "tellr-there");
  const changes = region(page, "Changes");
  await expect(changes.getByText("Changed outside Tellr", { exact: true })).toHaveCount(2);
  const app = changes.getByRole("listitem").filter({ hasText: "app tellr-there" });
  await expect(app).toContainText("Edited in the workspace");
  await expect(app).toContainText("set back; Tellr last applied Slides from prompts");
  const file = changes.getByRole("listitem").filter({ hasText: "app.yaml" });
  await expect(file).toContainText("and kept; Tellr last applied info");

  await button(page, "Back").click();
  await form(page).fill("tellr-same");
  await button(page, "Review").click();
  await expect(region(page, "Changes")).toContainText("Nothing will change.");
});

test("what a reset loses comes first in its plan", async ({ page }) => {
  await open(page);
  await form(page).fill("tellr-there");
  await button(page, "Update it instead").click();
  await page.getByRole("switch", { name: "Empty the database" }).check();
  await expect(page.getByLabel("Schema")).toHaveValue("app_data");
  await button(page, "Review").click();
  const [lost, changes] = [region(page, "Will be lost"), region(page, "Changes")];
  await expect(changes.getByRole("listitem").first()).toContainText("recreate");
  const tops = await Promise.all([lost, changes].map(async (one) => (await one.boundingBox())?.y));
  expect(tops[0]).toBeLessThan(tops[1] ?? 0);
});

test("the releases say which one runs and how each went", async ({ page }) => {
  await open(page);
  await openReleases(page);
  await expect(release(page, 5)).toHaveAttribute("aria-current", "true");
  await expect(release(page, 5)).toContainText("Running");
  await expect(release(page, 5)).toContainText("Updated by ada@example.com");
  await expect(release(page, 4)).toContainText("Failed");
  await expect(release(page, 4)).toContainText("Release 3 was put back.");
  await expect(release(page, 4).getByRole("button")).toHaveCount(0);
  await expect(release(page, 2)).toContainText("its wheel was removed");
});

test("a rollback shows its plan, runs, and is a release of its own", async ({ page }) => {
  await open(page);
  await reviewRollback(page, 3);
  await expect(heading(page, "This is what the rollback will do")).toBeFocused();
  await expect(region(page, "Stays as it is")).toContainText("The data is not brought back");
  await expect(region(page, "Earlier data")).toContainText(RESTORE_POINT);
  await button(page, "Roll back").click();
  await expect(heading(page, "Tellr was rolled back")).toBeFocused();
  await expect(region(page, "Tellr was rolled back")).toContainText("settings of release 3");
  await page.getByText("Event log").click();
  await expect(page.getByRole("list", { name: "Events" })).toContainText("Tellr is running at");
  await button(page, "Change settings").click();
  await expect(release(page, 6)).toContainText("Rolled back to release 3");
  await expect(release(page, 6)).toHaveAttribute("aria-current", "true");
});

test("a rollback can be cancelled", async ({ page }) => {
  await page.clock.install();
  await open(page, 1);
  await form(page).fill("tellr-there");
  await page.clock.runFor(2_000);
  await page.getByText("Releases", { exact: true }).click();
  await page.clock.runFor(2_000);
  await button(page, "Roll back to release 3").click();
  await page.clock.runFor(2_000);
  await button(page, "Roll back").click();
  await page.clock.runFor(5_000);
  await expect(heading(page, "Rolling back tellr-there")).toBeVisible();
  await expect(page.getByRole("progressbar")).toBeVisible();
  await button(page, "Cancel").click();
  await page.clock.runFor(2_000);
  await expect(heading(page, /was cancelled/)).toBeVisible();
  await expect(button(page, "Resume")).toBeVisible();
});

test("a release older than the tables is refused, and earlier data is offered", async ({
  page,
}) => {
  await open(page);
  await reviewRollback(page, 1);
  await expect(page.getByText("RELEASE_TOO_OLD")).toBeVisible();
  await expect(button(page, "Roll back")).toHaveCount(0);
  await region(page, "Earlier data")
    .getByRole("button", { name: `Restore the data of ${RESTORE_POINT}` })
    .click();
  await expect(heading(page, "This is what the restore will do")).toBeFocused();
  await expect(region(page, "No longer shown")).toContainText("production");
  await expect(button(page, "Restore")).toBeDisabled();
  await page.getByLabel(/To confirm/).fill("tellr-there");
  await button(page, "Restore").click();
  await expect(region(page, "Tellr has the restored data")).toContainText(
    "restoring that one undoes this",
  );
});

test("the log of a release that isn't healthy is shown, and can be copied", async ({ page }) => {
  await open(page);
  await updateUnhealthy(page);
  const failure = region(page, /release 5 runs again/);
  await expect(failure).toContainText("DATABASE_LOGIN_REFUSED");
  await expect(region(page, "Last lines of the log")).toContainText(
    "password authentication failed",
  );
  await button(page, "Copy Last lines of the log").click();
  // This address is not a secure one, so the browser refuses the clipboard and the text is selected.
  const selected = page.getByRole("textbox", { name: "Last lines of the log" });
  await expect(selected).toHaveValue(/password authentication failed/);
});
