/** All parts together: workspace, deployer, app process, Lakebase, page. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type Demo, startDemo } from "./demo.ts";

const ROOT = join(import.meta.dirname, "../..");

let demo: Demo;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  demo = await startDemo();
});

test.afterAll(() => demo?.stop());

test("the page shows what is in the Lakebase PostgreSQL", async ({ page }) => {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await page.goto(`${demo.url}/settings`);

  await expect(page.getByText("Connected", { exact: true })).toBeVisible();
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
  const { styles } = await (await request.get(`${demo.url}/api/settings/styles`)).json();
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

test("the sample deck is edited, presented, shared, and there after a restart and from another process", async ({
  page,
  browser,
}) => {
  test.setTimeout(120_000);
  const problems: string[] = [];
  watch(page, problems);
  await page.goto(demo.url);
  await page.getByRole("button", { name: /Sample deck/ }).click();
  await page.waitForURL(/\/decks\//);
  const deck = new URL(page.url()).pathname;
  await titleTo(page, "Edited in a browser");
  await page.screenshot({ path: "../output/browser/live-editor.png" });

  await page.reload();
  await expect(page.getByRole("option", { name: "Slide 1: Edited in a browser" })).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("main", { name: "Presentation" })).toContainText(
    "Edited in a browser",
  );
  await expect(page.getByText(/^1 \/ \d+$/)).toBeAttached();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText(/^2 \/ \d+$/)).toBeAttached();
  await page.screenshot({ path: "../output/browser/live-presentation.png" });
  await page.keyboard.press("Escape");

  // Ben may use the app. He sees the deck once it is shared with him, and changes it.
  await demo.workspaceCall("PATCH", "/api/2.0/permissions/apps/tellr", {
    access_control_list: [{ user_name: "ben@example.com", permission_level: "CAN_USE" }],
  });
  const context = await browser.newContext();
  const ben = await context.newPage();
  watch(ben, problems);
  await ben.goto(`${demo.url}/.auth/login?choose=1`);
  await ben.getByRole("link", { name: /ben@example.com/ }).click();
  await expect(ben.getByText("ben@example.com", { exact: true })).toBeVisible();
  await expect(ben.getByText("Edited in a browser")).toHaveCount(0);
  expect(
    (await ben.request.get(demo.url + deck.replace("/decks/", "/api/sessions/"))).status(),
  ).toBe(404);

  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share" });
  await dialog.getByRole("textbox").fill("ben");
  await dialog
    .getByRole("button", { name: /^Share with / })
    .first()
    .click();
  await dialog.getByRole("combobox", { name: /^Access of / }).selectOption("edit");
  await expect(dialog.getByRole("combobox", { name: /^Access of / })).toHaveValue("edit");
  await page.screenshot({ path: "../output/browser/live-share.png" });
  await page.keyboard.press("Escape");

  await ben.goto(demo.url + deck);
  await titleTo(ben, "Ben was here");
  await ben.screenshot({ path: "../output/browser/live-ben.png" });
  // As on coming back to the tab: the page asks at once, not only every 15 s.
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(page.getByRole("alert")).toContainText("changed by");
  await page.getByRole("alert").getByRole("button", { name: /^Load/ }).click();
  await expect(page.getByRole("option", { name: "Slide 1: Ben was here" })).toBeVisible();
  await context.close();

  // The app's process ends, and another one starts.
  const url = await demo.restart(page.request);
  await page.goto(url + deck);
  await expect(page.getByRole("option", { name: "Slide 1: Ben was here" })).toBeVisible();
  expect(problems).toEqual([]);

  // And a process of its own, on the same database, has it too.
  const me = await demo.workspaceCall("GET", "/api/2.0/preview/scim/v2/Me");
  const other = await secondProcess();
  try {
    const context = await browser.newContext({
      extraHTTPHeaders: { "x-forwarded-user": me.id, "x-forwarded-email": me.userName },
    });
    const second = await context.newPage();
    await second.goto(other.url + deck);
    await expect(second.getByRole("option", { name: "Slide 1: Ben was here" })).toBeVisible();
    await titleTo(second, "From another process");
    await context.close();
  } finally {
    await other.stop();
  }
  await page.goto(url + deck);
  await expect(page.getByRole("option", { name: "Slide 1: From another process" })).toBeVisible();
});

/** Collects what a page reports as wrong. */
function watch(page: Page, problems: string[]) {
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
}

/** Types a title on the slide that is shown, and waits until it is saved. */
async function titleTo(page: Page, title: string) {
  const stage = page.getByRole("main", { name: "Slide" });
  await stage.getByRole("button", { name: /^Title/ }).dblclick();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(title);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
}

/** The app a second time, on its database, as another instance would run. */
async function secondProcess(): Promise<{ url: string; stop: () => Promise<void> }> {
  const branch = "/api/2.0/postgres/projects/tellr-db/branches/production";
  const { endpoints } = await demo.workspaceCall("GET", `${branch}/endpoints`);
  const port = await freePort();
  const started = spawn(join(ROOT, ".cache/demo/tellr-app"), ["serve"], {
    env: {
      PATH: process.env.PATH,
      ENVIRONMENT: "test",
      DATABRICKS_APP_NAME: "tellr",
      DATABRICKS_APP_PORT: String(port),
      TELLR_LISTEN: "127.0.0.1",
      DATABRICKS_HOST: demo.workspace.host,
      DATABRICKS_TOKEN: demo.workspace.principals[0]?.token,
      PGSSLROOTCERT: demo.workspace.ca_file,
      PGUSER: "ada@example.com",
      LAKEBASE_TYPE: "autoscaling",
      LAKEBASE_PG_HOST: endpoints[0].status.hosts.host,
      LAKEBASE_ENDPOINT_NAME: endpoints[0].name,
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  const answers = async () => {
    if (started.exitCode !== null) throw new Error(`it ended with ${started.exitCode}`);
    return fetch(`${url}/api/ready`).then(
      (answer) => answer.status,
      () => 0,
    );
  };
  await expect.poll(answers, { timeout: 60_000 }).toBe(200);
  return {
    url,
    stop: async () => {
      started.kill("SIGTERM");
      if (started.exitCode === null) await once(started, "exit");
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}
