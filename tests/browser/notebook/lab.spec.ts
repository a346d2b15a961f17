/** The example notebook in JupyterLab: form, deployment, reload, another theme, the same cell again. */
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { keepPicture } from "../pictures.ts";
import { EXAMPLES, figure, lab, OUTPUT, type Server, type Workspace, workspace } from "./stand.ts";

let there: Workspace;
let jupyter: Server;
const problems: string[] = [];

test.beforeAll(async () => {
  there = await workspace("scaled:0.05", "process");
  jupyter = await lab(there.environment);
});

test.afterAll(async () => {
  await jupyter?.stop();
  await there?.stop();
});

test.beforeEach(({ page }) => {
  problems.length = 0;
  page.on("pageerror", (error) => problems.push(String(error)));
});

interface Lab {
  commands: { execute(command: string, args?: object): Promise<unknown> };
}

async function command(page: Page, name: string, given = {}): Promise<void> {
  await page.evaluate(
    ([name, given]) => {
      const { jupyterapp } = window as unknown as { jupyterapp: Lab };
      return jupyterapp.commands.execute(name as string, given as object).then(() => undefined);
    },
    [name, given] as const,
  );
}

const widgetIn = (page: Page) => page.locator(".jp-OutputArea-output .tellr").first();

/** Opens a notebook and waits for its kernel. */
async function open(page: Page, name: string): Promise<void> {
  await page.goto(`${jupyter.url}/lab/workspaces/${name}/tree/${name}.ipynb?reset`);
  await page.locator(".jp-Notebook .jp-CodeCell").first().waitFor();
  await page.getByText("Python 3 (ipykernel) | Idle").waitFor({ timeout: 60_000 });
}

/** Opens a copy of the example and runs it; the widget. */
async function opened(page: Page, name: string): Promise<Locator> {
  copyFileSync(join(EXAMPLES, "deploy_tellr.ipynb"), join(jupyter.folder, `${name}.ipynb`));
  await open(page, name);
  await command(page, "notebook:run-all-cells");
  const widget = widgetIn(page);
  await expect(widget.getByRole("heading", { name: "Deploy Tellr" })).toBeVisible({
    timeout: 60_000,
  });
  return widget;
}

/** Deploys an app with its own schema: another app's data would require its key. */
async function begin(widget: Locator, app: string): Promise<void> {
  await widget.getByLabel("App name").fill(app);
  await widget.getByLabel("Schema").fill(app);
  await widget.getByRole("button", { name: "Review" }).click();
  await widget.getByRole("button", { name: "Deploy", exact: true }).click();
}

test("somebody deploys from the form, and Python sees what came of it", async ({ page }) => {
  const widget = await opened(page, "deploys");
  await expect(widget.getByText("ada@example.com")).toBeVisible();
  // What the workspace says about the name comes a little later.
  await expect(widget.getByText("The name tellr is free")).toBeVisible();
  await page.screenshot({ path: join(OUTPUT, "lab-form.png") });
  await keepPicture("widget", page.locator(".jp-NotebookPanel"), await widget.innerText());
  await begin(widget, "deploys");
  await expect(widget.getByRole("button", { name: "Cancel" })).toBeVisible();
  await page.screenshot({ path: join(OUTPUT, "lab-running.png") });
  const link = widget.getByRole("link", { name: "Open Tellr" });
  await expect(link).toBeVisible({ timeout: 90_000 });
  await page.screenshot({ path: join(OUTPUT, "lab-done.png") });
  const app = await page.context().newPage();
  await app.goto((await link.getAttribute("href")) ?? "");
  await expect(app).toHaveTitle(/Tellr/);
  const log = widget.getByRole("link", { name: "Log", exact: true });
  await app.goto((await log.getAttribute("href")) ?? "");
  await expect(app.locator("pre")).toContainText("App started");
  await app.close();
  await command(page, "notebook:run-all-below");
  await command(page, "docmanager:save");
  const saved = readFileSync(join(jupyter.folder, "deploys.ipynb"), "utf8");
  expect(saved).not.toContain(there.token);
  expect(problems).toEqual([]);
});

/** Holds the request for the app's deployment, so that a test can interrupt the run. */
async function standingStill(app: string) {
  const path = `/api/2.0/apps/${app}/deployments`;
  await there.control("POST", "/faults", { method: "POST", path, action: "hang" });
  return {
    reached: () => there.control("GET", "/faults/hanging?timeout_ms=60000"),
    goneOnWith: () => there.control("DELETE", "/faults"),
  };
}

test("a page that is reloaded shows the run that the kernel took over", async ({ page }) => {
  const widget = await opened(page, "reloads");
  await command(page, "docmanager:save");
  const middle = await standingStill("reloads");
  await begin(widget, "reloads");
  await middle.reached();
  await page.reload();
  await middle.goneOnWith();
  await page.locator(".jp-Notebook .jp-CodeCell").first().waitFor();
  const again = widgetIn(page);
  // No click is needed: the run is shown, not the form.
  await expect(again.getByRole("button", { name: "Cancel" })).toBeVisible({ timeout: 60_000 });
  await page.screenshot({ path: join(OUTPUT, "lab-reloaded.png") });
  await expect(again.getByRole("link", { name: "Open Tellr" })).toBeVisible({ timeout: 120_000 });
  expect(problems).toEqual([]);
});

test("it can be cancelled and resumed", async ({ page }) => {
  const widget = await opened(page, "cancels");
  const middle = await standingStill("cancels");
  await begin(widget, "cancels");
  await middle.reached();
  await widget.getByRole("button", { name: "Cancel" }).click();
  await middle.goneOnWith();
  const resume = widget.getByRole("button", { name: "Resume" });
  await expect(resume).toBeVisible({ timeout: 60_000 });
  await page.screenshot({ path: join(OUTPUT, "lab-cancelled.png") });
  await resume.click();
  await expect(widget.getByRole("link", { name: "Open Tellr" })).toBeVisible({ timeout: 90_000 });
  expect(problems).toEqual([]);
});

test("the widget shows drift, the releases, a release that failed, and goes back to one", async ({
  page,
}) => {
  test.setTimeout(240_000);
  const widget = await opened(page, "releases");
  const button = (name: string) => widget.getByRole("button", { name, exact: true });
  const done = (name: string) => widget.getByRole("heading", { name });
  await begin(widget, "releases");
  await expect(done("Tellr is running")).toBeVisible({ timeout: 90_000 });

  // The description is edited in the workspace, and another one wanted.
  const edited = await fetch(`${there.host}/api/2.0/apps/releases`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${there.token}` },
    body: JSON.stringify({ description: "Edited in the workspace" }),
  });
  expect(edited.status).toBe(200);
  await button("Change settings").click();
  await widget.locator("summary", { hasText: "More settings" }).click();
  await widget.getByLabel(/^Description/).fill("Quarterly decks");
  await button("Review").click();
  const changes = widget.getByRole("region", { name: "Changes" });
  await expect(changes).toContainText("Edited in the workspace");
  await expect(changes).toContainText("Quarterly decks");
  await page.screenshot({ path: join(OUTPUT, "lab-drift.png") });
  await button("Update").click();
  await expect(done("Tellr is up to date")).toBeVisible({ timeout: 90_000 });

  const failing = { failed: { message: "ERROR: no such column", logs: [] } };
  await there.control("PATCH", "/settings", { outcomes: { deployment: failing } });
  await button("Change settings").click();
  await widget.getByLabel(/^Description/).fill("Never seen");
  await button("Review").click();
  await button("Update").click();
  await expect(widget.getByText("ERROR: no such column").first()).toBeVisible({ timeout: 90_000 });
  await page.screenshot({ path: join(OUTPUT, "lab-failed.png") });
  await there.control("PATCH", "/settings", { outcomes: { deployment: "real" } });

  await button("Back to the form").click();
  await widget.locator("summary", { hasText: "Releases" }).click();
  const releases = widget.getByRole("list", { name: "Releases" });
  await expect(releases).toContainText("Release 2");
  await page.screenshot({ path: join(OUTPUT, "lab-releases.png") });
  await button("Roll back to release 1").click();
  await expect(widget.getByRole("region", { name: "Stays as it is" })).toBeVisible();
  await button("Roll back").click();
  await expect(done("Tellr was rolled back")).toBeVisible({ timeout: 90_000 });
  await page.screenshot({ path: join(OUTPUT, "lab-rolled-back.png") });
  expect(problems).toEqual([]);
});

test("the widget follows the notebook's theme, not the system's", async ({ page }) => {
  const widget = await opened(page, "dark");
  const background = () =>
    widget.evaluate((el) => getComputedStyle(el).getPropertyValue("color-scheme"));
  expect(await background()).toContain("light");
  await command(page, "apputils:change-theme", { theme: "JupyterLab Dark" });
  await expect.poll(background).toBe("dark");
  await page.screenshot({ path: join(OUTPUT, "lab-dark.png") });
  expect(problems).toEqual([]);
});

interface Kernel {
  requestExecute(content: { code: string }): unknown;
}

/** Runs code outside of the notebook's cells. */
async function execute(page: Page, code: string): Promise<void> {
  await page.evaluate((code) => {
    const { jupyterapp } = window as unknown as {
      jupyterapp: {
        shell: { currentWidget: { sessionContext: { session: { kernel: Kernel } } } };
      };
    };
    jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code });
  }, code);
}

test("a busy kernel is said to be busy, and it goes on by itself", async ({ page }) => {
  const widget = await opened(page, "busy");
  await widget.getByLabel("App name").fill("busy");
  // Newer kernels receive messages while a cell runs; a stopped one receives none.
  await execute(
    page,
    `import os, subprocess
subprocess.Popen(["sh", "-c", f"kill -STOP {os.getpid()}; sleep 8; kill -CONT {os.getpid()}"])`,
  );
  await page.waitForTimeout(1_000);
  await widget.getByRole("button", { name: "Review" }).click();
  await expect(widget.getByText("The kernel is busy")).toBeVisible({ timeout: 7_000 });
  await page.screenshot({ path: join(OUTPUT, "lab-busy.png") });
  await expect(widget.getByText("The kernel is busy")).toHaveCount(0, { timeout: 30_000 });
  await expect(widget.getByRole("button", { name: "Deploy", exact: true })).toBeVisible();
  expect(problems).toEqual([]);
});

test("the same cell again and again costs next to nothing", async ({ page }) => {
  await opened(page, "again");
  const session = await page.context().newCDPSession(page);
  const used = async () => {
    // A widget without views is unmounted after a moment, and the objects it references are only
    // freed by the next collection.
    await page.waitForTimeout(4_000);
    const sizes: number[] = [];
    for (let times = 0; times < 4; times++) {
      await session.send("HeapProfiler.collectGarbage");
      await page.waitForTimeout(500);
      sizes.push((await session.send("Runtime.getHeapUsage")).usedSize);
    }
    return Math.min(...sizes);
  };
  const rerun = async () => {
    await page.evaluate(() => {
      const { jupyterapp } = window as unknown as {
        jupyterapp: { shell: { currentWidget: { content: { activeCellIndex: number } } } };
      };
      jupyterapp.shell.currentWidget.content.activeCellIndex = 1;
    });
    await command(page, "notebook:run-cell");
    await page.waitForTimeout(1500);
    await expect(widgetIn(page).getByRole("heading", { name: "Deploy Tellr" })).toBeVisible();
  };
  // At first the browser compiles more of the frequently run code, which accounts for most of the
  // growth.
  for (let times = 0; times < 4; times++) await rerun();
  const before = await used();
  for (let times = 0; times < 5; times++) await rerun();
  const grown = (await used()) - before;
  figure("five runs of a cell", `${(grown / 1e6).toFixed(2)} MB more in the page`);
  expect(grown).toBeLessThan(1_000_000);
  expect(problems).toEqual([]);
});
