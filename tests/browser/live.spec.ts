/** All parts together: workspace, deployer, app process, Lakebase, page. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "@playwright/test";

const ROOT = join(import.meta.dirname, "../..");
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");

interface Demo {
  url: string;
  database: { kind: string; schema: string };
  user: { user_name: string };
  workspace: { host: string; ca_file: string; principals: { token: string }[] };
  prompts: string[];
  styles: string[];
}

let demo: Demo;
let demoProcess: ChildProcess;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  demoProcess = spawn(
    "python3",
    [
      join(ROOT, "tests/demo/demo.py"),
      ...["--workspace", join(TARGET, "debug/local-workspace"), "--wheels", join(ROOT, "dist")],
      ...["--pace", "none", "--json"],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  if (!demoProcess.stdout) throw new Error("the demo's output is not piped");
  const lines = createInterface(demoProcess.stdout);
  const [line] = await Promise.race([
    once(lines, "line"),
    once(demoProcess, "exit").then(([code]) => {
      throw new Error(`the demo ended early with exit status ${code}`);
    }),
  ]);
  demo = JSON.parse(line);
});

test.afterAll(async () => {
  if (demoProcess.exitCode !== null) return;
  demoProcess.kill("SIGTERM");
  await once(demoProcess, "exit");
});

test("the page shows what is in the Lakebase PostgreSQL", async ({ page }) => {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await page.goto(`${demo.url}/settings`);

  await expect(page.getByText("Connected")).toBeVisible();
  await expect(page.getByText(/Lakebase autoscaling, PostgreSQL \d+/)).toBeVisible();
  await expect(page.getByText(demo.database.schema, { exact: true })).toBeVisible();
  expect(demo.prompts.length).toBeGreaterThanOrEqual(2);
  expect(demo.styles.length).toBeGreaterThanOrEqual(1);
  for (const name of [...demo.prompts, ...demo.styles]) {
    await expect(page.getByRole("heading", { level: 3, name, exact: true })).toBeVisible();
  }
  expect(problems).toEqual([]);
  await page.screenshot({ path: "../output/browser/live.png", fullPage: true });
});

test("the page greets whoever the platform says is there", async ({ page, request }) => {
  const user = await (await request.get(`${demo.url}/api/user/current`)).json();
  expect(user.source).toBe("platform");
  await page.goto(demo.url);
  await expect(page.getByText(user.email, { exact: true })).toBeVisible();
});

test("each style's text reaches the page as the database has it", async ({ page, request }) => {
  const { styles } = await (await request.get(`${demo.url}/api/styles`)).json();
  await page.goto(`${demo.url}/settings`);
  for (const style of styles) {
    const card = page.locator(`#style-${style.id}`);
    await card.locator("summary").click();
    await expect(card.locator("details p")).toHaveText(style.content);
  }
});

test("a row that changes in PostgreSQL changes on a page that is looked at again", async ({
  page,
}) => {
  const [before = ""] = demo.prompts;
  const after = `${before}, renamed`;
  await page.clock.install();
  await page.goto(`${demo.url}/settings`);
  await expect(page.getByRole("heading", { level: 3, name: before, exact: true })).toBeVisible();

  execFileSync("python3", [join(import.meta.dirname, "rename_prompt.py"), before, after], {
    env: {
      ...process.env,
      DATABRICKS_HOST: demo.workspace.host,
      DATABRICKS_TOKEN: demo.workspace.principals[0]?.token,
      PGSSLROOTCERT: demo.workspace.ca_file,
    },
  });
  await page.clock.runFor(16_000);
  await page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
  await expect(page.getByRole("heading", { level: 3, name: after, exact: true })).toBeVisible();
});

test("the sample deck opens, is edited, and is there again", async ({ page }) => {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await page.goto(demo.url);
  await page.getByRole("button", { name: /Sample deck/ }).click();
  const stage = page.getByRole("main", { name: "Slide" });
  await stage.getByRole("button", { name: /^Title/ }).dblclick();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Edited in a browser");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.screenshot({ path: "../output/browser/live-editor.png" });

  await page.reload();
  await expect(page.getByRole("option", { name: "Slide 1: Edited in a browser" })).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("main", { name: "Presentation" })).toContainText(
    "Edited in a browser",
  );
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText(/^2 \/ \d+$/)).toBeAttached();
  expect(problems).toEqual([]);
});
