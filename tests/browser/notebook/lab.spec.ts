/** The example notebook in JupyterLab: form, deployment, reload, another theme, the same cell again. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { EXAMPLES, lab, OUTPUT, type Server, type Workspace, workspace } from "./stand.ts";

let there: Workspace;
let jupyter: Server;

test.beforeAll(async () => {
  there = await workspace("scaled:0.05");
  jupyter = await lab(there.environment);
});

test.afterAll(async () => {
  await jupyter?.stop();
  await there?.stop();
});

interface Lab {
  commands: { execute(command: string, args?: object): Promise<unknown> };
}

async function command(page: Page, name: string, args = {}): Promise<void> {
  await page.evaluate(
    ([name, args]) =>
      (window as unknown as { jupyterapp: Lab }).jupyterapp.commands.execute(
        name as string,
        args as object,
      ),
    [name, args] as const,
  );
}

/** Opens a copy of the example and runs it; the widget. */
async function opened(page: Page, name: string) {
  copyFileSync(join(EXAMPLES, "deploy_tellr.ipynb"), join(jupyter.folder, `${name}.ipynb`));
  await page.goto(`${jupyter.url}/lab/workspaces/${name}/tree/${name}.ipynb?reset`);
  await page.locator(".jp-Notebook .jp-CodeCell").first().waitFor();
  await page.getByText("Python 3 (ipykernel) | Idle").waitFor({ timeout: 60_000 });
  await command(page, "notebook:run-all-cells");
  const widget = page.locator(".jp-OutputArea-output .tellr").first();
  await expect(widget.getByRole("heading", { name: "Deploy Tellr" })).toBeVisible({ timeout: 60_000 });
  return widget;
}

test("somebody deploys from the form", async ({ page }) => {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  const widget = await opened(page, "deploys");
  await page.screenshot({ path: join(OUTPUT, "lab-form.png") });
  await widget.getByRole("button", { name: "Review" }).click();
  await page.waitForTimeout(2000);
  await page.screenshot({ path: join(OUTPUT, "lab-review.png") });
  expect(problems).toEqual([]);
});
