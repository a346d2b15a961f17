/** The README's pictures of the terminal, the app with its assistant, and the deploy page. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { BINARIES, startDeployPage, startWorkspace, type Workspace } from "./deployStand.ts";
import { keepPicture } from "./pictures.ts";

const TERMINAL = `body{margin:0;background:#14161c}pre{box-sizing:border-box;width:1080px;margin:0;
padding:20px 24px;color:#e4e7ee;font:14px/1.5 "DejaVu Sans Mono",monospace;white-space:pre-wrap}`;

test.describe.configure({ mode: "serial" });
test.setTimeout(180_000);
test.use({ viewport: { width: 1120, height: 760 }, colorScheme: "light" });

let workspace: Workspace;

test.beforeAll(async () => {
  workspace = await startWorkspace("--pace", "none");
});

test.afterAll(() => workspace?.stop());

test("the pictures of the terminal and of the app", async ({ page }) => {
  const command = [
    ...["deploy", "create", "--serving-endpoint", "databricks-claude-sonnet-4-5"],
    ...["--genie-space", "01f0c3a2b94d17e8a5c60d9e3f7b2a41"],
  ];
  const { stdout } = await promisify(execFile)(join(BINARIES, "tellr-app"), command, {
    env: {
      HOME: process.env.HOME,
      PATH: process.env.PATH,
      DATABRICKS_HOST: workspace.host,
      DATABRICKS_TOKEN: workspace.token,
      PGSSLROOTCERT: workspace.caFile,
    },
  });
  const output = `$ tellr-app ${command.join(" ")}\n${stdout}`;
  await page.setContent(`<style>${TERMINAL}</style><pre></pre>`);
  const terminal = page.locator("pre");
  await terminal.evaluate((pre, text) => pre.append(text), output);
  await keepPicture("terminal", terminal, output);

  const [, url] = /Tellr is running: (\S+)/.exec(stdout) ?? [];
  expect(url, stdout).toBeDefined();
  await page.goto(url ?? "");
  await page.getByRole("link", { name: /Ada/ }).click();
  await page
    .getByRole("textbox", { name: "What should the deck tell, and to whom?" })
    .fill("Quarterly review of the sample sales data, 6 slides with charts");
  await page.getByRole("button", { name: "Create deck" }).click();
  const panel = page.getByRole("complementary", { name: "Assistant" });
  await expect(panel.getByText(/^Done in /)).toBeVisible({ timeout: 60_000 });
  await panel.getByRole("textbox").fill("Add a slide on churn after 3");
  await page.keyboard.press("Enter");
  const change = panel.getByRole("article", { name: "You: Add a slide on churn after 3" });
  await expect(change.getByText(/^Done in /)).toBeVisible({ timeout: 60_000 });
  await page.getByRole("option", { name: /^Slide 4/ }).click();
  const slide = page.getByRole("main", { name: "Slide" });
  await expect(slide.locator("svg").first()).toBeVisible();
  const written = await panel.getByRole("list", { name: "Slides of this answer" }).allInnerTexts();
  await keepPicture("assistant", page, [await slide.innerText(), ...written].join("\n"));
  await page.getByRole("link", { name: "All decks" }).click();
  await page.getByRole("button", { name: /Sample deck/ }).click();
  await page.getByRole("option", { name: /^Slide 3/ }).click();
  await page.getByRole("tab", { name: "Design" }).click();
  await expect(page.getByRole("main", { name: "Slide" }).locator("svg").first()).toBeVisible();
  // The previews follow the slide.
  const layout = page.getByRole("button", { name: "Chart and takeaway", pressed: true });
  await expect(layout).toBeVisible();
  // Slides far down the list are drawn when there is time.
  const slides = page.getByRole("navigation", { name: "Slides" });
  await expect(slides.locator("svg").nth(6)).toBeAttached();
  await expect(slides).toContainText("Make your first deck");
  await keepPicture("editor", page, await page.getByRole("main", { name: "Slide" }).innerText());
  await page.getByRole("link", { name: "All decks" }).click();
  await expect(page.getByRole("heading", { name: "Welcome to Tellr" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("Turn what you know");
  await keepPicture("app", page, await page.getByRole("main").innerText());
});

test("the picture of the deploy page", async ({ page }) => {
  const served = await startDeployPage(workspace);
  await page.goto(served.entrance);
  await page.getByLabel("App name").fill("slides");
  await page.getByLabel("Schema").fill("slides");
  await page.getByRole("button", { name: "Review" }).click();
  const path = "/api/2.0/apps/slides/deployments";
  await workspace.control("POST", "/faults", { method: "POST", path, action: "hang" });
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await workspace.control("GET", "/faults/hanging?timeout_ms=60000");
  await expect(page.getByText("8 of 10 steps done")).toBeVisible();
  await keepPicture("deploy-page", page, await page.getByRole("main").innerText());
  await workspace.control("DELETE", "/faults");
  await expect(page.getByRole("link", { name: "Open Tellr" })).toBeVisible({ timeout: 90_000 });
  await served.stop();
});
