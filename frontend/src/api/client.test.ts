import { describe, expect, it, vi } from "vitest";
import { serve } from "../testing/server";
import { ApiError, fetchJson } from "./client";
import { readinessSchema, versionSchema } from "./schema";

const never = new AbortController().signal;

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const outcome = await promise.catch((error: unknown) => error);
  if (!(outcome instanceof ApiError)) throw new Error("expected an ApiError");
  return outcome;
}

describe("fetchJson", () => {
  it("hands on the server's own words", async () => {
    serve({
      "/api/version": { status: 401, body: { error: { code: "no_identity", message: "Who?" } } },
    });
    const error = await failure(fetchJson("/api/version", versionSchema, never));
    expect(error).toMatchObject({ code: "no_identity", message: "Who?", status: 401 });
  });

  it("names an answer of another shape instead of passing it on", async () => {
    serve({ "/api/version": { status: 200, body: { version: 1 } } });
    const error = await failure(fetchJson("/api/version", versionSchema, never));
    expect(error.code).toBe("unexpected_answer");
  });

  it("doesn't show a proxy's HTML", async () => {
    vi.stubGlobal("fetch", async () => new Response("<h1>Bad gateway</h1>", { status: 502 }));
    const error = await failure(fetchJson("/api/version", versionSchema, never));
    expect(error.message).toContain("502");
    expect(error.message).not.toContain("<h1>");
  });

  it("reads readiness from a 503, but not from another error", async () => {
    const body = { ready: false, database: { state: "down", kind: "postgres" } };
    serve({ "/api/ready": { status: 503, body } });
    await expect(fetchJson("/api/ready", readinessSchema, never, 503)).resolves.toEqual(body);
    serve({ "/api/ready": { status: 500, body } });
    expect((await failure(fetchJson("/api/ready", readinessSchema, never, 503))).status).toBe(500);
  });

  it("tells an unreachable server from one that refuses", async () => {
    serve({ "/api/version": "unreachable" });
    const error = await failure(fetchJson("/api/version", versionSchema, never));
    expect(error).toMatchObject({ code: "unreachable", status: null });
  });
});
