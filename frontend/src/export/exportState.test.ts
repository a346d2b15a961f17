import { describe, expect, it } from "vitest";
import type { JobEvent } from "../api/jobEvents";
import { applied, begun, type Export, isActive } from "./exportState";

const FILE = {
  file_id: "f1",
  name: "Review.pdf",
  media_type: "application/pdf",
  size_bytes: 1_200,
  slides: 4,
  version: 3,
  expires_at: "2026-11-30T10:00:00Z",
  warnings: [],
};
const start: Export = { ...begun("s1", { format: "pdf", notes: false }, 4), job: "j1" };

function following(...events: [kind: string, body?: unknown][]): Export {
  const told = events.map(
    ([kind, body = {}], at): JobEvent => ({ id: at + 1, kind, attempt: 1, body }),
  );
  return told.reduce(applied, start);
}

describe("an export", () => {
  it("follows its job to the file", () => {
    expect(following(["queued"]).phase).toBe("queued");
    expect(following(["queued"], ["started"]).phase).toBe("running");
    expect(following(["started"], ["progress", { percent: 50 }])).toMatchObject({ percent: 50 });
    const done = following(["started"], ["succeeded", { result: FILE }]);
    expect(done).toMatchObject({ phase: "done", percent: 100, result: FILE });
    expect(isActive(done)).toBe(false);
  });

  it("begins anew when its job is tried again", () => {
    const again = following(["started"], ["progress", { percent: 50 }], ["retried"]);
    expect(again.phase).toBe("queued");
    expect(applied(again, { id: 4, kind: "started", attempt: 2, body: {} })).toMatchObject({
      phase: "running",
      percent: 0,
    });
  });

  it("waits for Google until there is progress, however often its job looks", () => {
    const waiting: [string, unknown?][] = [
      ["started"],
      ["progress", { percent: 50 }],
      ["waiting_for_google", { reason: "invalid_grant", message: "Connect again." }],
      ["snoozed"],
    ];
    expect(following(...waiting)).toMatchObject({ phase: "waiting", waiting: "Connect again." });
    const looked = following(...waiting, ["started"]);
    expect(looked.phase).toBe("waiting");
    expect(following(...waiting, ["started"], ["progress", { percent: 60 }])).toMatchObject({
      phase: "running",
      waiting: "",
    });
  });

  it("says why it failed", () => {
    const failed = following(["started"], ["failed", { error: "Too large. Use smaller images" }]);
    expect(failed).toMatchObject({
      phase: "failed",
      problem: { message: "Too large. Use smaller images", code: "job" },
    });
    expect(following(["succeeded", { result: { nothing: 1 } }])).toMatchObject({
      phase: "failed",
      problem: { code: "unexpected_answer" },
    });
  });

  it("takes no event twice, and none after its end", () => {
    const half = following(["started"], ["progress", { percent: 50 }]);
    expect(applied(half, { id: 2, kind: "progress", attempt: 1, body: { percent: 10 } })).toBe(
      half,
    );
    const over = following(["cancelled"]);
    expect(over.phase).toBe("cancelled");
    const late = { id: 9, kind: "succeeded", attempt: 1, body: { result: FILE } };
    expect(applied(over, late)).toBe(over);
  });

  it("takes an event that it doesn't understand as nothing", () => {
    expect(following(["started"], ["progress", "much"], ["weather", 1])).toMatchObject({
      phase: "running",
      percent: 0,
    });
    expect(following(["started"], ["progress", { percent: 900 }]).percent).toBe(100);
  });
});
