/** The set-up for the notebook tests: a local workspace, and notebook servers. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "../../..");
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
const WORKSPACE = process.env.TELLR_LOCAL_WORKSPACE ?? join(TARGET, "debug/local-workspace");
export const OUTPUT = join(ROOT, "tests/output/notebook");
export const EXAMPLES = join(ROOT, "widget/examples");

/** A Python environment with the wheel and a notebook server. */
export function python(): string {
  const found = process.env.TELLR_NOTEBOOK_PYTHON;
  if (!found)
    throw new Error("TELLR_NOTEBOOK_PYTHON is not set: run the tests through `make test`");
  return found;
}

export interface Workspace {
  host: string;
  token: string;
  environment: Record<string, string>;
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts a workspace; its apps are real ones, from the wheel in `dist`, or stubs. */
export async function workspace(
  pace: string,
  apps: "process" | "scripted" = "scripted",
): Promise<Workspace> {
  const flags = ["serve", "--json", "--port", "0", "--apps", apps, "--pace", pace];
  // A browser that opens an app's URL is signed in.
  flags.push("--sign-in-as", "ada@example.com");
  if (apps === "process") flags.push("--wheels", join(ROOT, "dist"));
  const child = spawn(WORKSPACE, flags, { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = await once(createInterface(child.stdout), "line");
  const told = JSON.parse(line);
  const token: string = told.principals[0].token;
  return {
    host: told.host,
    token,
    environment: {
      DATABRICKS_HOST: told.host,
      DATABRICKS_TOKEN: token,
      PGSSLROOTCERT: told.ca_file,
    },
    async control(method, path, body) {
      const answer = await fetch(`${told.host}/__local${path}`, {
        method,
        headers: { "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return answer.status === 204 ? null : answer.json();
    },
    stop: () => ended(child),
  };
}

/** Records a value for the summary of `make test`. */
export function figure(name: string, value: string): void {
  const folder = join(ROOT, ".cache/setup/figures");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "widget.txt"), `  ${name.padEnd(22)} ${value}\n`);
}

export interface Server {
  url: string;
  folder: string;
  stop(): Promise<void>;
}

/** Starts a server in its own folder; `command` is given its port and that folder. */
export async function server(
  command: (port: number, folder: string) => string[],
  environment: Record<string, string>,
): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "tellr-notebook-"));
  const port = await freePort();
  const inherited = Object.entries(process.env).filter(([name]) => !/^(DATABRICKS|PG)/.test(name));
  const child = spawn(python(), command(port, folder), {
    cwd: folder,
    stdio: "ignore",
    env: {
      ...Object.fromEntries(inherited),
      ...environment,
      JUPYTER_CONFIG_DIR: join(folder, ".jupyter"),
      JUPYTER_DATA_DIR: join(folder, ".data"),
      JUPYTER_RUNTIME_DIR: join(folder, ".runtime"),
      IPYTHONDIR: join(folder, ".ipython"),
      XDG_CONFIG_HOME: join(folder, ".config"),
    },
  });
  const url = `http://127.0.0.1:${port}`;
  await answering(url, child);
  return {
    url,
    folder,
    async stop() {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function lab(environment: Record<string, string>): Promise<Server> {
  return server(
    (port, folder) => [
      ...["-m", "jupyterlab", "--no-browser", "--allow-root", `--ServerApp.port=${port}`],
      ...["--ServerApp.ip=127.0.0.1", `--ServerApp.root_dir=${folder}`, "--ServerApp.token="],
      ...["--ServerApp.password=", "--LabApp.expose_app_in_browser=True", "--LabApp.news_url="],
    ],
    environment,
  );
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null)
      throw new Error(`the notebook server ended with ${child.exitCode}`);
    try {
      await fetch(url);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error("the notebook server did not start");
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
  await once(child, "exit");
  clearTimeout(late);
}
