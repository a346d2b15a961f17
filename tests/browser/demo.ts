/** The demo for tests: a local workspace with a real PostgreSQL, and the app deployed into it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type APIRequestContext, expect } from "@playwright/test";

const ROOT = join(import.meta.dirname, "../..");
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");

/** What the demo says when it is up. */
interface Announced {
  url: string;
  database: { kind: string; schema: string };
  user: { user_name: string };
  workspace: { host: string; control: string; ca_file: string; principals: { token: string }[] };
  prompts: string[];
  styles: string[];
  /** The address of Google's stand-in. */
  google: string;
}

export type Demo = Announced & ReturnType<typeof callsOf> & { stop: () => Promise<void> };

/** Starts the demo. `options` are more of `tests/demo/demo.py`. */
export async function startDemo(...options: string[]): Promise<Demo> {
  const wheels = process.env.TELLR_WHEELS ?? join(ROOT, "dist");
  const child = spawn(
    "python3",
    [
      join(ROOT, "tests/demo/demo.py"),
      ...["--workspace", join(TARGET, "debug/local-workspace"), "--wheels", wheels],
      ...["--google", join(TARGET, "debug/google-stand-in")],
      ...["--pace", "none", "--json", ...options],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  if (!child.stdout) throw new Error("the demo's output is not piped");
  const lines = createInterface(child.stdout);
  const [line] = await Promise.race([
    once(lines, "line"),
    once(child, "exit").then(([code]) => {
      throw new Error(`the demo ended early with exit status ${code}`);
    }),
  ]);
  const announced: Announced = JSON.parse(line);
  return {
    ...announced,
    ...callsOf(announced, child),
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

function callsOf({ workspace }: Announced, demo: ChildProcess) {
  let token = workspace.principals[0]?.token;

  /** Asks the workspace as its first principal. */
  const workspaceCall = async (method: string, path: string, body?: object) => {
    const answer = await fetch(workspace.host + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: method === "GET" ? null : JSON.stringify(body ?? {}),
    });
    expect(answer.status, `${method} ${path}`).toBe(200);
    return answer.json();
  };

  /** The control address, `/__local`. */
  const control = async (method: string, path: string, body?: object) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(workspace.control + path, { method, ...sent });
    expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true);
    return answer.status === 204 ? null : answer.json();
  };

  const stateOfCompute = async () =>
    (await workspaceCall("GET", "/api/2.0/apps/tellr")).compute_status.state;

  return {
    workspaceCall,
    control,

    /** Ends the app's process if it runs, and starts another one; the app's URL, once it answers a visitor. */
    restart: async (visitor: APIRequestContext): Promise<string> => {
      await workspaceCall("POST", "/api/2.0/apps/tellr/stop");
      await expect.poll(stateOfCompute, { timeout: 60_000 }).toBe("STOPPED");
      await workspaceCall("POST", "/api/2.0/apps/tellr/start");
      await expect.poll(stateOfCompute, { timeout: 60_000 }).toBe("ACTIVE");
      const { url } = await workspaceCall("GET", "/api/2.0/apps/tellr");
      const ready = async () => (await visitor.get(`${url}/api/ready`)).status();
      await expect.poll(ready, { timeout: 60_000 }).toBe(200);
      return url;
    },

    /** Kills the app's process, as when its machine is lost. */
    kill: () => {
      const app = descendants(demo.pid ?? 0).filter(({ command }) =>
        /(^|\/)tellr-app\0serve\0/.test(command),
      );
      expect(app.map(({ command }) => command)).toHaveLength(1);
      for (const { pid } of app) process.kill(pid, "SIGKILL");
    },

    /** All tokens of the first principal expire; those that the app has for them, too. */
    expireTokens: async (user: string) => {
      await control("POST", `/principals/${user}/expire-tokens`);
      ({ token } = await control("POST", `/principals/${user}/token`));
    },

    /** The rows that a statement gives, as texts. */
    rows: async (statement: string): Promise<(string | null)[][]> => {
      const { warehouses } = await workspaceCall("GET", "/api/2.0/sql/warehouses");
      const answer = await workspaceCall("POST", "/api/2.0/sql/statements", {
        warehouse_id: warehouses[0].id,
        statement,
        wait_timeout: "50s",
      });
      expect(answer.status.state, JSON.stringify(answer.status)).toBe("SUCCEEDED");
      return answer.result.data_array ?? [];
    },

    /** How often models were asked, by kind of request. */
    modelCalls: async (): Promise<Record<string, number>> =>
      (await control("GET", "/model-calls")).counts,
  };
}

/** The processes below one, with their command lines. */
function descendants(of: number): { pid: number; command: string }[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, "utf8"))?.[1];
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8");
        return [{ pid: Number(name), parent: Number(parent), command }];
      } catch {
        return []; // It has ended.
      }
    });
  const below = (pid: number): typeof parents =>
    parents.filter(({ parent }) => parent === pid).flatMap((one) => [one, ...below(one.pid)]);
  return below(of);
}
