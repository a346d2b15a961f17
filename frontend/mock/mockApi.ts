import type { IncomingMessage, ServerResponse } from "node:http";
import type { Connect, Plugin } from "vite";
import { asStream, MockAssistant } from "./assistant.ts";
import { MockExports, type MockFile } from "./exports.ts";
import { allWell, down } from "./fixtures.ts";
import { MockGoogle } from "./google.ts";
import { MockLibrary } from "./library.ts";
import { type MockAnswer, MockSessions } from "./sessions.ts";

/** Between two steps of the assistant. */
const STEP_MS = 120;

const DATABASE_DOWN = error("database_unavailable", "The database can't be reached.");

/**
 * Answers `/api/*` from fixtures in `npm run dev`.
 *
 * `POST /mock/database` with `down` or `ok` as body plays an outage and its end. `/mock/google` stands for Google's
 * page, on which a person agrees by opening it; `?isConnected=false` takes it back, as do `isConfigured` and others.
 */
export function mockApi(): Plugin {
  let databaseIsDown = false;
  const sessions = new MockSessions();
  const library = new MockLibrary();
  const assistant = new MockAssistant(sessions);
  const google = new MockGoogle({ isConnected: false, isAdmin: true });
  const exports = new MockExports(sessions, google);
  setInterval(() => {
    assistant.step();
    exports.step();
  }, STEP_MS).unref();

  const answer: Connect.NextHandleFunction = (request, response, next) => {
    const url = request.url ?? "";
    const path = url.split("?")[0] ?? "";
    if (path === "/mock/database") {
      request.on("data", (chunk: Buffer) => {
        databaseIsDown = chunk.toString() === "down";
      });
      request.on("end", () => response.end());
    } else if (path === "/mock/google") {
      setGoogle(new URLSearchParams(url.split("?")[1]));
      response.end("Done. You can close this tab.");
    } else if (path.startsWith("/api/")) {
      void answerApi(path, url, request, response);
    } else {
      next();
    }
  };

  function setGoogle(asked: URLSearchParams) {
    google.isConfigured = asked.get("isConfigured") !== "false";
    google.isConnected = google.isConfigured && asked.get("isConnected") !== "false";
  }

  async function answerApi(
    path: string,
    url: string,
    request: IncomingMessage,
    response: ServerResponse<IncomingMessage>,
  ) {
    const method = request.method ?? "GET";
    if (/^\/api\/jobs\/[^/]+\/events$/.test(path) && !url.includes("after=")) {
      const part = exports.knows(path) ? exports : assistant;
      return stream(part, path.split("/")[3] ?? "", request, response);
    }
    const part = partOf(path);
    if (!part) return answerStatus(path, response);
    const body = await read(request);
    if (databaseIsDown && (part === sessions || part === library)) {
      return send(response, 503, DATABASE_DOWN);
    }
    google.signIn = `http://${request.headers.host}/mock/google`;
    sendAny(response, part.answer(method, url, body));
  }

  function partOf(path: string) {
    if (exports.knows(path)) return exports;
    if (MockAssistant.knows(path)) return assistant;
    if (/^\/api\/(settings\/|themes)/.test(path)) return library;
    return /^\/api\/(sessions|principals)/.test(path) ? sessions : null;
  }

  function answerStatus(path: string, response: ServerResponse<IncomingMessage>) {
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
  part: Pick<MockAssistant, "events">,
  job: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  let after = Number(request.headers["last-event-id"] ?? 0);
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write("retry: 1000\n\n");
  const timer = setInterval(() => {
    const { events, isOver } = part.events(job, after);
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
  if (text === "") return undefined;
  // The other bodies are files.
  return /^\s*[[{"]/.test(text) ? JSON.parse(text) : text;
}

function sendAny(response: ServerResponse<IncomingMessage>, answer: MockAnswer | MockFile) {
  if (!("headers" in answer)) return send(response, answer.status, answer.body);
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
}

function send(response: ServerResponse<IncomingMessage>, status: number, body: unknown) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}

function error(code: string, message: string) {
  return { error: { code, message } };
}
