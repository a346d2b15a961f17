// One configuration, three faces, the same requests: the command line, a notebook's kernel and a page
// each create, reset and delete in a workspace of their own, and the workspaces' journals are compared.
//
// PYTHON is an interpreter that has the package `tellr` installed.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { test } from "node:test";
import { BINARIES, BROWSER_FLAGS, ROOT, setting, startServers } from "./servers.mjs";

const { chromium } = createRequire(join(ROOT, "tests/browser/package.json"))("@playwright/test");

const NAMES = { app_name: "slides", lakebase_name: "team-db", schema_name: "decks" };
const FOLDER = { app_file_workspace_path: "/Workspace/Users/ada@example.com/.apps/slides" };
const RUNS = [
  ["create", { ...NAMES, ...FOLDER, lakebase_compute: "CU_2", description: "Slides for all" }],
  ["update", { ...NAMES, ...FOLDER, reset_database: true }],
  ["delete", { ...NAMES, reset_database: true }],
];

const FACES = {
  async "command line"(environment) {
    for (const [operation, config] of RUNS) {
      const flags = Object.entries(config).flatMap(([name, value]) => {
        const flag = `--${name.replaceAll("_", "-")}`;
        return value === true ? [flag] : [flag, value];
      });
      if (config.reset_database) flags.push("--yes");
      await run(join(BINARIES, "tellr-app"), ["deploy", operation, ...flags], environment);
    }
  },

  async kernel(environment) {
    const program = RUNS.map(([operation, config]) => {
      const parameters = JSON.stringify(config).replaceAll("true", "True");
      return `tellr.${operation}(**${parameters})`;
    });
    await run(setting("PYTHON"), ["-c", ["import tellr", ...program].join("\n")], environment);
  },

  async page(_environment, entrance) {
    const browser = await chromium.launch({
      executablePath: setting("TELLR_CHROMIUM"),
      args: BROWSER_FLAGS,
    });
    try {
      const page = await browser.newPage();
      await page.goto(entrance);
      await page.route("**/journals/**", (route) =>
        route.fulfill(answer(new URL(route.request().url()).pathname)),
      );
      await page.goto(new URL("/journals/", entrance).href);
      await page.evaluate(async (runs) => {
        const { default: init, Deployer } = await import("/journals/deployer.js");
        await init();
        const deployer = new Deployer({ kind: "fetch", baseUrl: "" });
        for (const [operation, config] of runs) await deployer[operation](config);
      }, RUNS);
    } finally {
      await browser.close();
    }
  },
};

test("the same configuration sends the same requests, whoever runs it", {
  timeout: 300_000,
}, async () => {
  const journals = {};
  for (const [face, deploy] of Object.entries(FACES)) {
    // Slow enough that everything that is waited for is looked at.
    const servers = await startServers(["--apps", "scripted", "--pace", "scaled:0.02"]);
    try {
      await deploy(servers.credential, servers.entrance);
      const answered = await fetch(`${servers.workspace.host}/__local/journal`);
      journals[face] = distinct((await answered.json()).entries);
    } finally {
      await servers.stop();
    }
  }
  const { "command line": native, ...others } = journals;
  for (const part of [
    "POST /api/2.0/apps?",
    "POST /api/2.0/postgres/projects?",
    "POST /api/2.0/secrets/put",
    "POST /api/2.0/apps/slides/deployments",
    "POST /api/2.0/postgres/projects/team-db/branches?branch_id=pre-reset-",
    "DELETE /api/2.0/apps/slides",
  ]) {
    assert.ok(
      native.some((request) => request.startsWith(part)),
      `${part} in\n${native.join("\n")}`,
    );
  }
  for (const [face, requests] of Object.entries(others)) {
    assert.deepEqual(requests, native, face);
  }
});

/**
 * The requests of a journal, each once and sorted: how often one looks again, and which of two that
 * don't wait for each other comes first, is a matter of time. What is another in every run has a name
 * in its place.
 */
function distinct(entries) {
  const requests = entries
    .filter(({ path }) => path.startsWith("/api/"))
    .map(({ method, path, query, body }) => {
      const sent = body ? ` ${JSON.stringify(known(JSON.parse(body)))}` : "";
      return `${method} ${path}${query ? `?${query}` : ""}${sent}`
        .replaceAll(/pre-reset-[0-9a-z-]+/g, "pre-reset-…")
        .replaceAll(/\/(deployments|operations)\/[0-9a-f-]+/g, "/$1/…");
    });
  return [...new Set(requests)].sort();
}

/** A body without what is random in it: ids, keys, addresses, and what the journal and the lock say. */
function known(body) {
  if (body.request_id) return { ...body, request_id: "…" };
  if (body.string_value) return { ...body, string_value: "…" };
  if (body.content && body.path.includes("/.tellr/")) return { ...body, content: "…" };
  if (body.content) {
    const content = Buffer.from(body.content, "base64").toString();
    return { ...body, content: content.replaceAll(/127(\.\d+){3}/g, "…") };
  }
  return body;
}

async function run(program, args, environment) {
  const running = spawn(program, args, { env: { ...process.env, ...environment } });
  let output = "";
  for (const stream of [running.stdout, running.stderr]) {
    stream.on("data", (part) => {
      output += part;
    });
  }
  const [code] = await once(running, "close");
  assert.equal(code, 0, output);
}

/** An empty page, and the package's files, on the origin of the server beside the page. */
function answer(path) {
  if (path === "/journals/")
    return { contentType: "text/html", body: "<!doctype html><title>journals</title>" };
  const name = path.slice("/journals/".length);
  const contentType = { ".js": "text/javascript", ".wasm": "application/wasm" }[extname(name)];
  return { contentType, body: readFileSync(join(ROOT, "pkg", name)) };
}
