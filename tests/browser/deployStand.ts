/** The set-up for the deploy page: a local workspace with real apps, and `tellr-app deploy-page`. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "../..");
export const BINARIES = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug");
/** The version that the page updates to; the same program under another version. */
export const NEXT_VERSION = "0.1.1";
/** A version whose program ends at its start, with these words. */
export const BROKEN_VERSION = "0.1.2";
export const LAST_WORDS = "ERROR: column slides.accent does not exist";

export interface Workspace {
  host: string;
  token: string;
  caFile: string;
  /** The control address, `/__local`. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

export interface DeployPage {
  /** The URL that starts one browser session, once. */
  entrance: string;
  stop(): Promise<void>;
}

/** A workspace; apps are installed from the built wheel, in two versions, or from the broken one. */
export async function startWorkspace(...options: string[]): Promise<Workspace> {
  const wheels = mkdtempSync(join(tmpdir(), "tellr-wheels-"));
  const dist = process.env.TELLR_WHEELS ?? join(ROOT, "dist");
  const wheel = readdirSync(dist).find((name) => /^tellr_app-.*\.whl$/.test(name));
  if (!wheel) throw new Error(`there is no wheel of tellr-app in ${dist}; make dist builds it`);
  copyFileSync(join(dist, wheel), join(wheels, wheel));
  const script = join(import.meta.dirname, "another_version.py");
  execFileSync("python3", [script, join(dist, wheel), NEXT_VERSION, wheels]);
  execFileSync("python3", [script, join(dist, wheel), BROKEN_VERSION, wheels, LAST_WORDS]);

  const flags = ["serve", "--json", "--port", "0", "--wheels", wheels, ...options];
  const [child, line] = await started("local-workspace", flags, {}, /^\{.*\}$/);
  const told = JSON.parse(line);
  return {
    host: told.host,
    token: told.principals[0].token,
    caFile: told.ca_file,
    async control(method, path, body) {
      const answer = await fetch(`${told.control}${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
      return answer.status === 204 ? null : answer.json();
    },
    async stop() {
      await ended(child);
      rmSync(wheels, { recursive: true, force: true });
    },
  };
}

/** The page's server: with the workspace's token, or with a sign-in in the browser. */
export async function startDeployPage(
  workspace: Workspace,
  signIn: "token" | "browser" = "token",
): Promise<DeployPage> {
  const environment = {
    DATABRICKS_HOST: workspace.host,
    PGSSLROOTCERT: workspace.caFile,
    ...(signIn === "token" ? { DATABRICKS_TOKEN: workspace.token } : {}),
  };
  const flags = ["deploy-page", "--port", "0", ...(signIn === "browser" ? ["--sign-in"] : [])];
  const address = /http:\/\/127\.0\.0\.1:\d+\/deploy\?key=\S+/;
  const [child, entrance] = await started("tellr-app", flags, environment, address);
  return { entrance, stop: () => ended(child) };
}

/** Starts a program; returns it with what `wanted` finds in a line of its output. */
async function started(
  program: string,
  flags: string[],
  environment: Record<string, string>,
  wanted: RegExp,
): Promise<[ChildProcess, string]> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(DATABRICKS|PG)/.test(name));
  const child = spawn(join(BINARIES, program), flags, {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...Object.fromEntries(inherited), ...environment },
  });
  for await (const line of createInterface(child.stdout)) {
    const [found] = wanted.exec(line) ?? [];
    if (found === undefined) continue;
    child.stdout.resume();
    return [child, found];
  }
  throw new Error(`${program} ended before it was ready`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}
