// What runs beside a page: a local workspace, and `tellr-app deploy-page` signed in to it as Ada.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export const ROOT = resolve(import.meta.dirname, "../..");
export const BINARIES = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug");

// No sandbox: continuous integration runs as root, and every page here is our own.
export const BROWSER_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A variable that setup sets. */
export function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests through \`make test\``);
  return value;
}

/** Starts a program; answers with it what `wanted` finds in a line of its output. */
async function start(program, args, environment, wanted) {
  const running = spawn(join(BINARIES, program), args, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface(running.stdout)) {
    const found = wanted(line);
    if (!found) continue;
    running.stdout.resume();
    return [running, found];
  }
  throw new Error(`${program} ended before it was ready`);
}

async function stop(running) {
  if (running.exitCode !== null || running.signalCode !== null) return;
  running.kill("SIGTERM");
  await once(running, "exit");
}

/**
 * Starts both; `options` are the local workspace's. Answers where they are, whose token it is, the
 * variables that sign a program in, and the address that lets a browser in.
 */
export async function startServers(options) {
  const [local, workspace] = await start(
    "local-workspace",
    ["serve", "--json", "--port", "0", ...options],
    {},
    JSON.parse,
  );
  try {
    const { token } = workspace.principals[0];
    const credential = {
      DATABRICKS_HOST: workspace.host,
      DATABRICKS_TOKEN: token,
      PGSSLROOTCERT: workspace.ca_file,
    };
    const [beside, [entrance]] = await start(
      "tellr-app",
      ["deploy-page", "--port", "0"],
      credential,
      (line) => line.match(/http:\/\/127\.0\.0\.1:\d+\/deploy\?key=\S+/),
    );
    return {
      workspace,
      token,
      credential,
      entrance,
      stop: () => stop(beside).finally(() => stop(local)),
    };
  } catch (problem) {
    await stop(local);
    throw problem;
  }
}
