/** The widget in a notebook with the strictest sandbox. */
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { type Framed, framed } from "./frame.ts";
import { OUTPUT, type Workspace, workspace } from "./stand.ts";

let there: Workspace;
let framedWidget: Framed;

test.beforeAll(async () => {
  there = await workspace("scaled:0.02");
});

test.afterEach(() => framedWidget?.stop());
test.afterAll(async () => there?.stop());

/** Changing requests for any app; without the journal, whose writes vary in number. */
async function changesOf(app: string): Promise<string[]> {
  const { entries } = (await there.control("GET", "/journal?mutations=true")) as {
    entries: { method: string; path: string; body: string | null }[];
  };
  return entries
    .filter(({ path, body }) => path.startsWith("/api/2.0/") && !body?.includes("/.tellr"))
    .map(({ method, path }) => `${method} ${path}`.replaceAll(app, "APP"))
    .sort();
}

let changesByThePage: string[];

for (const [driver, scripts] of [
  ["the page", "'wasm-unsafe-eval'"],
  ["the kernel", ""],
] as const) {
  test(`in a frame of no origin that reaches nothing, ${driver} deploys`, async ({ page }) => {
    await there.control("DELETE", "/journal");
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    const app = driver === "the page" ? "framed" : "unframed";
    const code = `import tellr; w = tellr.Deployer(app_name="${app}", lakebase_name="${app}-db"); w`;
    framedWidget = await framed(page, scripts, code, there.environment);
    const { frame, traffic } = framedWidget;
    await expect(frame.getByRole("heading", { name: "Deploy Tellr" })).toBeVisible({
      timeout: 60_000,
    });
    await expect(frame.getByLabel("App name")).toHaveValue(app);
    const blocked = frame.getByText("WebAssembly is blocked on this page");
    if (driver === "the kernel") await expect(blocked).toBeVisible();
    else await expect(blocked).toHaveCount(0);
    await page.screenshot({ path: join(OUTPUT, `sandbox-${app}-form.png`) });
    await frame.getByRole("button", { name: "Review" }).click();
    await frame.getByRole("button", { name: "Deploy", exact: true }).click();
    await expect(frame.getByRole("link", { name: "Open Tellr" })).toBeVisible({ timeout: 90_000 });
    await page.screenshot({ path: join(OUTPUT, `sandbox-${app}-done.png`), fullPage: true });
    const crossed = traffic.join("\n");
    expect(crossed).toContain(driver === "the page" ? '"kind":"ended"' : '"can_drive":false');
    expect(crossed).not.toContain(there.token);
    const changes = await changesOf(app);
    expect(changes.length).toBeGreaterThanOrEqual(8);
    if (driver === "the page") changesByThePage = changes;
    else expect(changes).toEqual(changesByThePage);
    expect(problems).toEqual([]);
  });
}

test("a kernel that has gone is told, and what to do", async ({ page }) => {
  await page.clock.install();
  const code = `import tellr; w = tellr.Deployer(app_name="gone"); w`;
  framedWidget = await framed(page, "'wasm-unsafe-eval'", code, there.environment);
  const { frame } = framedWidget;
  await expect(frame.getByText(/The name .*gone.* is free/)).toBeVisible({ timeout: 60_000 });
  framedWidget.run("import os; os._exit(1)");
  await frame.getByRole("button", { name: "Review" }).click();
  await expect(frame.getByText("if the kernel was stopped, run this cell again")).toBeVisible({
    timeout: 20_000,
  });
  await page.clock.fastForward("11:00");
  await expect(frame.getByText("The kernel does not answer").first()).toBeVisible();
  await expect(frame.getByText(/Run this cell again/).first()).toBeVisible();
  await page.screenshot({ path: join(OUTPUT, "sandbox-gone.png"), fullPage: true });
});

test("a package of another version is told, and nothing is begun with it", async ({ page }) => {
  const code = `
import tellr
from tellr.bridge.service import Service
hello = Service.hello
Service.hello = lambda service: hello(service) | {"package": "0.0.1"}
w = tellr.Deployer(app_name="other")
w`;
  framedWidget = await framed(page, "'wasm-unsafe-eval'", code, there.environment);
  const { frame } = framedWidget;
  await expect(frame.getByText(/and the notebook’s package have different versions/)).toBeVisible({
    timeout: 60_000,
  });
  await expect(frame.getByText(/the kernel has version 0\.0\.1/)).toBeVisible();
  await expect(frame.getByText("Restart the kernel, and run the cell again.")).toBeVisible();
  await expect(frame.getByRole("button")).toHaveCount(0);
  await page.screenshot({ path: join(OUTPUT, "sandbox-versions.png") });
});
