import { describe, expect, it } from "vitest";
import type { Choice } from "../api/exports";
import { begun, type Export } from "./exportState";
import { aboutFile, nowOf, problemOf, sizeOf } from "./words";

function running(choice: Choice, percent: number, slides = 8): Export {
  return { ...begun("s1", choice, slides), job: "j1", phase: "running", percent };
}

describe("what is said of an export", () => {
  it("names the slide that is written", () => {
    const at = (percent: number) => nowOf(running({ format: "html" }, percent));
    expect(at(0)).toBe("Slide 1 of 8");
    expect(at(12)).toBe("Slide 2 of 8");
    expect(at(100)).toBe("Slide 8 of 8");
    expect(nowOf(running({ format: "html" }, 50, 0))).toBe("Writing…");
  });

  it("sends a presentation after its slides", () => {
    const at = (percent: number) => nowOf(running({ format: "google-slides" }, percent));
    expect(at(25)).toBe("Slide 5 of 8");
    expect(at(50)).toBe("Sending to Google…");
  });

  it("says what to do about a problem", () => {
    const message = "Tellr's server can't be reached.";
    expect(problemOf({ message, code: "unreachable", status: null })).toBe(
      "Tellr's server can't be reached. Check your connection, then try again.",
    );
    expect(problemOf({ message: "", code: "job", status: null })).toBe("The export failed");
    expect(problemOf({ message: "Use smaller images", code: "job", status: null })).toBe(
      "Use smaller images",
    );
  });

  it("says how large a file is and until when it is kept", () => {
    expect([400, 214_310, 3_456_000].map(sizeOf)).toEqual(["1 KB", "214 KB", "3.5 MB"]);
    const file = {
      ...{ file_id: "f", name: "a.pdf", media_type: "", size_bytes: 2_000, slides: 1, version: 1 },
      expires_at: new Date(2026, 10, 30, 10, 5).toISOString(),
      warnings: [],
    };
    const now = new Date(2026, 10, 29, 23, 55);
    expect(aboutFile(file, now)).toMatch(/^2 KB · available until tomorrow, 10:05/);
    const soon = new Date(2026, 10, 30, 0, 5);
    expect(aboutFile(file, soon)).toMatch(/available until 10:05/);
    expect(aboutFile({ ...file, expires_at: "later" }, now)).toBe("2 KB");
  });
});
