import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connect, Plugin } from "vite";
import { asStream, MockAssistant } from "./assistant.ts";
import { allWell, down } from "./fixtures.ts";
import { MockLibrary } from "./library.ts";
import { MockSessions } from "./sessions.ts";

/** Between two steps of the assistant. */
const STEP_MS = 120;

const DATABASE_DOWN = error("database_unavailable", "The database can't be reached.");

/**
 * Answers `/api/*` from fixtures in `npm run dev`.
 *
 * `POST /mock/database` with `down` or `ok` as body plays an outage and its end.
 */
export function mockApi(): Plugin {
  let databaseIsDown = false;
  const sessions = new MockSessions();
  const library = new MockLibrary();
  const assistant = new MockAssistant(sessions);
  setInterval(() => assistant.step(), STEP_MS).unref();

  const answer: Connect.NextHandleFunction = (request, response, next) => {
    const url = request.url ?? "";
    const path = url.split("?")[0] ?? "";
    if (path === "/mock/database") {
      request.on("data", (chunk: Buffer) => {
        databaseIsDown = chunk.toString() === "down";
      });
      request.on("end", () => response.end());
    } else if (/^\/api\/jobs\/[^/]+\/events$/.test(path) && !url.includes("after=")) {
      stream(assistant, path.split("/")[3] ?? "", request, response);
    } else if (MockAssistant.knows(path)) {
      void read(request).then((body) => {
        const { status, body: answer } = assistant.answer(request.method ?? "GET", url, body);
        send(response, status, answer);
      });
    } else if (/^\/api\/(sessions|principals|settings)/.test(path)) {
      void read(request).then((body) => {
        if (databaseIsDown) return send(response, 503, DATABASE_DOWN);
        const part = path.startsWith("/api/settings/") ? library : sessions;
        const { status, body: answer } = part.answer(request.method ?? "GET", url, body);
        send(response, status, answer);
      });
    } else if (path.startsWith("/api/")) {
      answerApi(path, response);
    } else {
      next();
    }
  };

  function answerApi(path: string, response: ServerResponse<IncomingMessage>) {
    const known = allWell[path];
    if (known === undefined) return send(response, 404, error("not_found", `No API at ${path}.`));
    if (!databaseIsDown) return send(response, 200, known);
    if (path === "/api/ready") return send(response, 503, down);
    if (path === "/api/version" || path === "/api/user/current") return send(response, 200, known);
    return send(response, 503, DATABASE_DOWN);
  }

  return {
    name: "mock-api",
    configureServer: (server) => void server.middlewares.use(answer),
    configurePreviewServer: (server) => void server.middlewares.use(answer),
  };
}

/** Sends a job's events as they happen. */
function stream(
  assistant: MockAssistant,
  job: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  let after = Number(request.headers["last-event-id"] ?? 0);
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write("retry: 1000\n\n");
  const timer = setInterval(() => {
    const { events, isOver } = assistant.events(job, after);
    after = events.at(-1)?.id ?? after;
    if (events.length > 0) response.write(asStream(events));
    else if (isOver) response.end();
  }, STEP_MS);
  response.on("close", () => clearInterval(timer));
}

async function read(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === "" ? undefined : JSON.parse(text);
}

function send(response: ServerResponse<IncomingMessage>, status: number, body: unknown) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}

function error(code: string, message: string) {
  return { error: { code, message } };
}
