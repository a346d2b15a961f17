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
  ) {
    super(message);
  }
}

interface Answer {
  status: number;
  body: unknown;
}

async function get(path: string, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(path, { signal, headers: { accept: "application/json" } });
    return { status: response.status, body: await jsonOrNull(response) };
  } catch (cause) {
    if (signal.aborted) throw cause;
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
  const { status, body } = await get(path, signal);
  if ((status >= 200 && status < 300) || status === alsoAccept) {
    const parsed = v.safeParse(schema, body);
    if (parsed.success) return parsed.output;
  }
  const known = v.safeParse(errorSchema, body);
  if (known.success) {
    throw new ApiError(known.output.error.message, known.output.error.code, status);
  }
  throw new ApiError(
    `Tellr's server gave an answer this page doesn't understand (status ${status}).`,
    "unexpected_answer",
    status,
  );
}
