/**
 * A widget in a frame as strict as a notebook's may be: an opaque origin, and a policy that blocks
 * all requests. A few lines replace anywidget; the kernel is a real one.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { FrameLocator, Page } from "@playwright/test";
import { python } from "./stand.ts";

export interface Framed {
  frame: FrameLocator;
  /** All messages between frame and kernel, as text. */
  traffic: string[];
  run(code: string): void;
  stop(): void;
}

/** The host's script, in the frame. */
function host(): void {
  interface Told {
    type: string;
    data: { method?: string; content?: unknown; state?: Record<string, unknown> };
    buffers: string[];
  }
  const state: Record<string, unknown> = {};
  const listeners = new Map<string, Set<(...given: unknown[]) => void>>();
  const tell = (name: string, ...given: unknown[]) => {
    for (const listener of listeners.get(name) ?? []) listener(...given);
  };
  const decoded = (text: string) =>
    new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const encoded = (buffer: ArrayBuffer) => {
    let text = "";
    for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
    return btoa(text);
  };
  const changed: Record<string, unknown> = {};
  const up = (data: unknown, buffers: ArrayBuffer[] = []) =>
    parent.postMessage({ data, buffers: buffers.map(encoded) }, "*");
  const model = {
    get: (name: string) => state[name],
    set(name: string, value: unknown) {
      state[name] = value;
      changed[name] = value;
      tell(`change:${name}`);
    },
    save_changes: () => up({ method: "update", state: changed, buffer_paths: [] }),
    send: (content: unknown, _: unknown, buffers?: ArrayBuffer[]) =>
      up({ method: "custom", content }, buffers),
    on(name: string, listener: (...given: unknown[]) => void) {
      if (!listeners.has(name)) listeners.set(name, new Set());
      listeners.get(name)?.add(listener);
    },
    off: (name: string, listener: (...given: unknown[]) => void) =>
      listeners.get(name)?.delete(listener),
  };
  const open = async () => {
    const url = URL.createObjectURL(new Blob([String(state._esm)], { type: "text/javascript" }));
    const { default: widget } = await import(url);
    await widget.initialize({ model });
    const el = document.querySelector("#widget");
    await widget.render({ model, el });
  };
  addEventListener("message", ({ data: told }: MessageEvent<Told>) => {
    const { type, data, buffers } = told;
    if (data.state) Object.assign(state, data.state);
    for (const name of Object.keys(data.state ?? {})) tell(`change:${name}`);
    if (type === "comm_open") open();
    else if (data.method === "custom") tell("msg:custom", data.content, buffers.map(decoded));
  });
  up({ method: "ready" });
}

/** Shows the widget that `code` creates, in a frame with this script policy. */
export async function framed(
  page: Page,
  scripts: string,
  code: string,
  environment: Record<string, string>,
): Promise<Framed> {
  const child = spawn(python(), [join(import.meta.dirname, "relay.py"), code], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  const write = (message: object) => child.stdin.write(`${JSON.stringify(message)}\n`);
  const traffic: string[] = [];
  let comm = "";
  const waiting: string[] = [];
  let ready = false;
  const down = (line: string) =>
    page.evaluate((text) => (window as never as { down(text: string): void }).down(text), line);
  createInterface(child.stdout).on("line", (line) => {
    const told = JSON.parse(line);
    if (told.data?.state?._esm) comm = told.comm_id;
    if (told.comm_id !== comm) return;
    traffic.push(line);
    if (ready) down(line).catch(() => undefined);
    else waiting.push(line);
  });
  await page.exposeFunction(
    "up",
    async (message: { data: { method: string }; buffers: string[] }) => {
      if (message.data.method === "ready") {
        ready = true;
        for (const line of waiting.splice(0)) await down(line);
        return;
      }
      traffic.push(JSON.stringify(message));
      write({ comm_id: comm, ...message });
    },
  );
  const policy = `default-src 'none'; script-src 'unsafe-inline' blob: ${scripts}; style-src 'unsafe-inline'; connect-src 'none'`;
  const inner = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><body style="margin:16px"><div id="widget"></div><script>(${host})()</script>`;
  await page.setContent(
    `<!doctype html><title>A notebook</title><body style="margin:0"><iframe sandbox="allow-scripts" style="border:0;width:100%;height:1800px"></iframe>
    <script>
      const frame = document.querySelector("iframe");
      addEventListener("message", ({ data }) => up(data));
      window.down = (text) => frame.contentWindow.postMessage(JSON.parse(text), "*");
    </script>`,
  );
  await page.evaluate((html) => {
    const frame = document.querySelector("iframe");
    if (frame) frame.srcdoc = html;
  }, inner);
  return {
    frame: page.frameLocator("iframe"),
    traffic,
    run: (more) => write({ run: more }),
    stop: () => child.stdin.end(),
  };
}
