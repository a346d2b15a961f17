// The example of pkg/README.md, as a reader would copy it: types checked, and run in a browser.
//
// DIST names the folder with the app's wheel, which the example deploys.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, test } from "node:test";
import { BROWSER_FLAGS, ROOT, setting, startServers } from "./servers.mjs";

const { chromium } = createRequire(join(ROOT, "tests/browser/package.json"))("@playwright/test");
const readme = readFileSync(join(ROOT, "pkg/README.md"), "utf8");
const [, example] = readme.match(/```js\n(.*?)```/s);

const folder = mkdtempSync(join(tmpdir(), "tellr-example-"));
after(() => rmSync(folder, { recursive: true }));

/** What the compiler says of a program that uses the package as it is installed. */
function compilerSays(program) {
  const scope = join(folder, "node_modules/@tellr");
  mkdirSync(scope, { recursive: true });
  rmSync(join(scope, "deployer"), { force: true });
  symlinkSync(join(ROOT, "pkg"), join(scope, "deployer"));
  writeFileSync(join(folder, "program.mjs"), program);
  const strict = ["--strict", "--checkJs", "--allowJs", "--noEmit", "--types", ""];
  const modules = [
    "--module",
    "nodenext",
    "--target",
    "es2022",
    "--lib",
    "es2022,esnext.disposable,dom",
  ];
  const compiler = join(ROOT, "frontend/node_modules/.bin/tsc");
  const run = spawnSync(compiler, [...strict, ...modules, "program.mjs"], {
    cwd: folder,
    encoding: "utf8",
  });
  return run.stdout + run.stderr;
}

test("the example's types are right", () => {
  assert.equal(compilerSays(example), "");
});

test("the package's types find mistakes", () => {
  const mistakes = [
    ["event.message", "event.massage", "massage"],
    ["{ url }", "{ link: url }", "link"],
    ['kind: "fetch"', 'kind: "pigeon"', "pigeon"],
    ["wrong.remedy", "wrong.therapy", "therapy"],
  ];
  for (const [right, wrong, named] of mistakes) {
    const program = example.replace(right, wrong);
    assert.notEqual(program, example, `the example has ${right}`);
    assert.match(compilerSays(program), new RegExp(`error TS.*${named}`));
  }
});

test("the example deploys an app that answers", { timeout: 180_000 }, async () => {
  const servers = await startServers([
    "--wheels",
    setting("DIST"),
    "--sign-in-as",
    "ada@example.com",
  ]);
  const browser = await chromium.launch({
    executablePath: setting("TELLR_CHROMIUM"),
    args: BROWSER_FLAGS,
  });
  try {
    const page = await browser.newPage();
    const lines = [];
    const done = new Promise((resolve, reject) => {
      page.on("pageerror", reject);
      page.on("console", (message) => {
        lines.push(message.text());
        const running = message.text().match(/^Tellr is running at (\S+)$/);
        if (running) resolve(running[1]);
      });
    });
    await page.goto(servers.entrance);
    await page.route("**/example/**", (route) =>
      route.fulfill(answer(new URL(route.request().url()).pathname)),
    );
    await page.goto(new URL("/example/", servers.entrance).href);
    const url = await done;
    // In the browser, which the workspace signs in on the way.
    const ready = await page.goto(`${url}/api/ready`);
    const { database } = await ready.json();
    assert.equal(database.state, "ok", lines.join("\n"));
    for (const step of ["lakebase", "app", "schema", "deployment"]) {
      assert.ok(
        lines.some((line) => line.startsWith(`${step} `)),
        `${step}: ${lines.join("\n")}`,
      );
    }
  } finally {
    await browser.close();
    await servers.stop();
  }
});

/** The page with the example, and the package's files, on the origin of the server beside the page. */
function answer(path) {
  if (path === "/example/") {
    const imports = JSON.stringify({ imports: { "@tellr/deployer": "/example/deployer.js" } });
    const body = `<!doctype html><script type="importmap">${imports}</script><script type="module">${example}</script>`;
    return { contentType: "text/html", body };
  }
  const name = path.slice("/example/".length);
  const contentType = { ".js": "text/javascript", ".wasm": "application/wasm" }[extname(name)];
  return { contentType, body: readFileSync(join(ROOT, "pkg", name)) };
}
