import { describe, expect, it } from "vitest";
import type { TurnSlide } from "../../api/chat";
import { shown } from "../../assistant/turnState";
import type { Slide } from "../../deck/model";
import { placesOf, slidesOf } from "./coming";

const row = (number: number, state: TurnSlide["state"], slide_id: string | null = null) => ({
  ...{ number, state, slide_id },
  title: `Slide ${number}`,
});
const slide = (id: string): Slide => ({ id, layout: "cover", blocks: [] });
const names = (slides: string[], rows: TurnSlide[] | null) =>
  placesOf(slides.map(slide), rows)
    .map((place) => ("slide" in place ? `${place.slide.id}${place.number}` : place.coming.number))
    .join(" ");

describe("slides to come", () => {
  it("stand where they will be, whichever is written first", () => {
    const rows = [row(1, "writing"), row(2, "done", "b"), row(3, "writing"), row(4, "waiting")];
    expect(names([], rows.with(1, row(2, "waiting")))).toBe("1 2 3 4");
    expect(names(["b"], rows)).toBe("1 b1 3 4");
    expect(names(["a", "b"], rows.with(0, row(1, "done", "a")))).toBe("a1 b2 3 4");
  });

  it("leave out those that failed or were deleted", () => {
    const rows = [row(1, "done", "a"), row(2, "failed", "b"), row(3, "done", "c")];
    expect(names(["a"], rows)).toBe("a1");
  });

  it("are none of a deck that isn't being written", () => {
    expect(names(["a", "b"], null)).toBe("a1 b2");
    const turn = shown({
      ...{ id: "t", session_id: "s", job_id: "j", message: "Review", selection: [] },
      ...{ kind: "create", stage: "slides", state: "running", reply: null },
      ...{ outline: { title: "Review", language: "en", reply: "", slides: [] } },
      ...{ slides: [row(1, "waiting")], sources: [], notices: [], error: null },
      ...{ usage: { prompt_tokens: 0, completion_tokens: 0, calls: 0 }, duration_ms: null },
      ...{ can_undo: false, position: null, rating: null, created_at: "" },
    });
    expect(slidesOf([turn])).toBe(turn.slides);
    expect(slidesOf([{ ...turn, state: "cancelled" }])).toBeNull();
    expect(slidesOf([{ ...turn, kind: "change", outline: null }])).toBeNull();
    expect(slidesOf(null)).toBeNull();
  });
});
