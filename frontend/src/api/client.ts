/** Requests to the server of this page, and their errors. */
import * as v from "valibot";
import { errorSchema } from "./schema";

/** A failed request, with a message that can be shown to users unchanged. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    message: string,
    /** The server's error code, or `unreachable` / `unexpected_answer` if it sent none. */
    readonly code: string,
    /** HTTP status; `null` if there was no answer. */
    readonly status: number | null,
    /** What else the server said beside code and message, as a conflict's `version`. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

interface Answer {
  status: number;
  body: unknown;
}

async function ask(path: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(path, init);
    return { status: response.status, body: await jsonOrNull(response) };
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError("Tellr's server can't be reached.", "unreachable", null);
  }
}

/** A proxy answers HTML if the app is down; that must not appear in an error message. */
async function jsonOrNull(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Fetches `path` and checks its shape.
 *
 * @param alsoAccept a status other than 2xx whose body has the same shape (readiness answers 503 with one)
 */
export async function fetchJson<S extends v.GenericSchema>(
  path: string,
  schema: S,
  signal: AbortSignal,
  alsoAccept?: number,
): Promise<v.InferOutput<S>> {
  const answer = await ask(path, { signal, headers: { accept: "application/json" } });
  return read(answer, schema, alsoAccept);
}

/** Sends `body` as JSON, and checks the answer's shape. */
export async function sendJson<S extends v.GenericSchema>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body: unknown,
  schema: S,
  /** `keepalive`: the request outlives the page. At most 64 KiB. */
  { keepalive = false } = {},
): Promise<v.InferOutput<S>> {
  const headers = { accept: "application/json", "content-type": "application/json" };
  const init: RequestInit = { method, headers, keepalive };
  if (body !== undefined) init.body = JSON.stringify(body);
  return readAnswer(path, init, schema);
}

/** Sends a request as it is, and checks the answer's shape. */
export async function readAnswer<S extends v.GenericSchema>(
  path: string,
  init: RequestInit,
  schema: S,
): Promise<v.InferOutput<S>> {
  return read(await ask(path, init), schema);
}

function read<S extends v.GenericSchema>(
  { status, body }: Answer,
  schema: S,
  alsoAccept?: number,
): v.InferOutput<S> {
  if ((status >= 200 && status < 300) || status === alsoAccept) {
    const parsed = v.safeParse(schema, body);
    if (parsed.success) return parsed.output;
  }
  const known = v.safeParse(errorSchema, body);
  if (known.success) {
    const { message, code, ...details } = known.output.error;
    throw new ApiError(message, code, status, details);
  }
  throw new ApiError(
    `Tellr's server gave an answer this page doesn't understand (status ${status}).`,
    "unexpected_answer",
    status,
  );
}
