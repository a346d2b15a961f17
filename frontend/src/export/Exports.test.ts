import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/client";
import type { ExportJob } from "../api/exports";
import type { Following, JobEvent } from "../api/jobEvents";
import { Exports, type Surroundings } from "./Exports";

const PDF = { format: "pdf", notes: false } as const;
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
const NOW = Date.parse("2026-11-29T10:00:00Z");
const saved = async () => null;

/** A server that does what the test says, and a browser that notes its downloads. */
function stand() {
  let last = 0;
  let following: Following | undefined;
  let end: () => void = () => undefined;
  const downloads: string[] = [];
  const around = {
    start: vi.fn(async () => "j1"),
    read: vi.fn(async (): Promise<ExportJob> => ({ state: "running", error: null })),
    cancel: vi.fn(async () => ({})),
    follow: vi.fn((_job: string, given: Following) => {
      following = given;
      return new Promise<void>((resolve) => {
        end = resolve;
      });
    }),
    isKept: vi.fn(async () => true),
    download: (address, name) => void downloads.push(`${address} ${name}`),
    now: () => NOW,
  } satisfies Surroundings;
  const tell = (kind: string, body: unknown = {}) => {
    last += 1;
    const event: JobEvent = { id: last, kind, attempt: 1, body };
    following?.onEvents([event]);
  };
  return { around, downloads, tell, end: () => end(), make: () => new Exports(around) };
}

const only = (exports: Exports) => exports.get()[0];
const settled = () => vi.waitFor(() => undefined);

beforeEach(() => sessionStorage.clear());

describe("exports", () => {
  it("save the deck first, and download the file by themselves", async () => {
    const { make, around, downloads, tell } = stand();
    const exports = make();
    const order: string[] = [];
    around.start.mockImplementation(async () => {
      order.push("asked");
      return "j1";
    });
    void exports.start("s1", PDF, 4, async () => {
      order.push("saved");
      return null;
    });
    await vi.waitFor(() => expect(around.follow).toHaveBeenCalled());
    expect(order).toEqual(["saved", "asked"]);
    tell("started");
    tell("succeeded", { result: FILE });
    expect(downloads).toEqual(["/api/export/files/f1 Review.pdf"]);
    expect(only(exports)).toMatchObject({ phase: "done", result: FILE });
  });

  it("aren't begun with changes missing", async () => {
    const { make, around } = stand();
    const exports = make();
    await exports.start("s1", PDF, 4, async () => "Your last changes aren’t saved");
    expect(around.start).not.toHaveBeenCalled();
    expect(only(exports)).toMatchObject({ phase: "failed", problem: { code: "unsaved" } });
  });

  it("are one at a time for the same choice, several for others", async () => {
    const { make, around } = stand();
    const exports = make();
    void exports.start("s1", PDF, 4, saved);
    void exports.start("s1", PDF, 4, saved);
    void exports.start("s1", { format: "pdf", notes: true }, 4, saved);
    void exports.start("s2", PDF, 4, saved);
    await vi.waitFor(() => expect(around.start).toHaveBeenCalledTimes(3));
    expect(exports.get()).toHaveLength(3);
  });

  it("say why the server refused them", async () => {
    const { make, around } = stand();
    around.start.mockRejectedValue(new ApiError("You have 10 jobs waiting already.", "busy", 429));
    const exports = make();
    await exports.start("s1", PDF, 4, saved);
    expect(only(exports)).toMatchObject({
      phase: "failed",
      problem: { message: "You have 10 jobs waiting already.", status: 429 },
    });
  });

  it("are cancelled also before the server has them", async () => {
    const { make, around } = stand();
    const exports = make();
    let save: (why: null) => void = () => undefined;
    const slowly = new Promise<null>((resolve) => {
      save = resolve;
    });
    const started = exports.start("s1", PDF, 4, () => slowly);
    const [one] = exports.get();
    if (one) await exports.cancel(one);
    save(null);
    await started;
    expect(around.start).not.toHaveBeenCalled();
    expect(only(exports)?.phase).toBe("cancelled");
  });

  it("that wait are cancelled at once", async () => {
    const { make, around, downloads } = stand();
    const exports = make();
    void exports.start("s1", PDF, 4, saved);
    await vi.waitFor(() => expect(only(exports)?.job).toBe("j1"));
    around.read.mockResolvedValue({ state: "cancelled", error: null });
    const [one] = exports.get();
    if (one) await exports.cancel(one);
    expect(only(exports)?.phase).toBe("cancelled");
    expect(downloads).toEqual([]);
  });

  it("learn of their end also where no event told it", async () => {
    const { make, around, downloads, end } = stand();
    const exports = make();
    void exports.start("s1", PDF, 4, saved);
    await vi.waitFor(() => expect(around.follow).toHaveBeenCalled());
    around.read.mockResolvedValue({ state: "succeeded", result: FILE, error: null });
    end();
    await vi.waitFor(() => expect(only(exports)?.phase).toBe("done"));
    expect(downloads).toHaveLength(1);
  });

  it("fail if the server doesn't know their job any more", async () => {
    const { make, around, end } = stand();
    const exports = make();
    void exports.start("s1", PDF, 4, saved);
    await vi.waitFor(() => expect(around.follow).toHaveBeenCalled());
    around.read.mockRejectedValue(new ApiError("There is no such job.", "not_found", 404));
    end();
    await vi.waitFor(() => expect(only(exports)).toMatchObject({ problem: { code: "gone" } }));
  });

  it("outlive a reload: what runs is followed, what is done can be downloaded again", async () => {
    const first = stand();
    const before = first.make();
    void before.start("s1", PDF, 4, saved);
    void before.start("s1", { format: "html" }, 4, saved);
    await vi.waitFor(() => expect(first.around.follow).toHaveBeenCalledTimes(2));
    first.tell("succeeded", { result: FILE });
    before.close();

    const second = stand();
    const after = second.make();
    await settled();
    expect(second.around.follow).toHaveBeenCalledTimes(1);
    expect(second.downloads).toEqual([]);
    second.tell("succeeded", { result: { ...FILE, file_id: "f2" } });
    expect(second.downloads).toHaveLength(1);
    expect(after.get().map(({ phase }) => phase)).toEqual(["done", "done"]);
  });

  it("ignore what else is in the tab's storage", () => {
    for (const text of [
      "{",
      "{}",
      '[{"session":1}]',
      '[{"session":"s","choice":{"format":"exe"}}]',
    ]) {
      sessionStorage.setItem("tellr.exports", text);
      expect(stand().make().get()).toEqual([]);
    }
  });

  it("don't download a file that isn't kept any more", async () => {
    const { make, around, downloads, tell } = stand();
    const exports = make();
    const done = async () => {
      void exports.start("s1", PDF, 4, saved);
      await vi.waitFor(() => expect(only(exports)?.phase).toBe("queued"));
      tell("succeeded", { result: FILE });
      const [one] = exports.get();
      if (!one) throw new Error("there is no export");
      return one;
    };
    const one = await done();
    await exports.download(one, FILE);
    expect(downloads).toHaveLength(2);
    around.isKept.mockResolvedValue(false);
    await exports.download(one, FILE);
    expect(only(exports)).toMatchObject({ phase: "expired", result: null });

    const next = await done();
    const old = { ...FILE, expires_at: "2026-11-29T09:59:59Z" };
    await exports.download(next, old);
    expect(only(exports)?.phase).toBe("expired");
    expect(downloads).toHaveLength(3);
  });
});
