import type { TurnSlide } from "../../api/chat";
import type { ShownTurn } from "../../assistant/turnState";
import { isActive } from "../../assistant/turnState";
import type { Slide } from "../../deck/model";

/** The slides of a new deck that is being written; `null` if none is. */
export function slidesOf(turns: readonly ShownTurn[] | null): readonly TurnSlide[] | null {
  const turn = turns?.findLast((one) => isActive(one));
  return turn?.outline ? turn.slides : null;
}

/** A place in the ribbon: a slide with its number, or one that is still to come. */
export type Place = { slide: Slide; number: number } | { coming: TurnSlide };

/** The deck's slides, and between them those to come, each where it will be. Pure. */
export function placesOf(slides: readonly Slide[], planned: readonly TurnSlide[] | null): Place[] {
  const places = slides.map((slide, index): Place => ({ slide, number: index + 1 }));
  let next = 0;
  for (const row of planned ?? []) {
    const at = places.findIndex((place) => "slide" in place && place.slide.id === row.slide_id);
    if (at >= 0) next = at + 1;
    else if (row.state === "waiting" || row.state === "writing") {
      places.splice(next, 0, { coming: row });
      next += 1;
    }
  }
  return places;
}
