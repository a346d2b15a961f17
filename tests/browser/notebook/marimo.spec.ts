/** The example in marimo, where a widget lives in a shadow root. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { EXAMPLES, OUTPUT, type Server, server, type Workspace, workspace } from "./stand.ts";

let there: Workspace;
let marimo: Server;

test.beforeAll(async () => {
  there = await workspace("scaled:0.05");
  marimo = await server((port, folder) => {
    copyFileSync(join(EXAMPLES, "deploy_tellr.py"), join(folder, "deploy_tellr.py"));
    return [
      ...["-m", "marimo", "run", "--headless", "--no-token"],
      ...["--host", "127.0.0.1", "--port", String(port), "deploy_tellr.py"],
    ];
  }, there.environment);
});

test.afterAll(async () => {
  await marimo?.stop();
  await there?.stop();
});

test("somebody deploys from the form", async ({ page }) => {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.goto(marimo.url);
  const widget = page.locator(".tellr").first();
  await expect(widget.getByRole("heading", { name: "Deploy Tellr" })).toBeVisible({
    timeout: 60_000,
  });
  await page.screenshot({ path: join(OUTPUT, "marimo-form.png") });
  await widget.getByRole("button", { name: "Review" }).click();
  await widget.getByRole("button", { name: "Deploy", exact: true }).click();
  await expect(widget.getByRole("link", { name: "Open Tellr" })).toBeVisible({ timeout: 90_000 });
  await page.screenshot({ path: join(OUTPUT, "marimo-done.png") });
  expect(problems).toEqual([]);
});
