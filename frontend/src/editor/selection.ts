/** What is selected in the editor. Pure. */
import type { Deck } from "../deck/model";
import type { Place } from "../slides/display";

export interface Selection {
  /** The slide on the stage. */
  slide: string | null;
  /** All selected slides, with the one on the stage. */
  slides: readonly string[];
  block: string | null;
  /** The part whose text is being edited; it belongs to `block`. */
  editing: Place | null;
}

export const NOTHING: Selection = { slide: null, slides: [], block: null, editing: null };

export function onSlide(slide: string | null): Selection {
  return { ...NOTHING, slide, slides: slide === null ? [] : [slide] };
}

/** Adds a slide to the selection, or takes it out. */
export function toggled(selection: Selection, slide: string): Selection {
  const { slides } = selection;
  if (!slides.includes(slide)) return { ...onSlide(slide), slides: [...slides, slide] };
  const left = slides.filter((id) => id !== slide);
  if (left.length === 0) return selection;
  const current = selection.slide === slide ? (left.at(-1) ?? null) : selection.slide;
  return { ...onSlide(current), slides: left };
}

/** Extends the selection from the slide on the stage to another one, which the stage then shows. */
export function extended(deck: Deck, from: string, to: string): Selection {
  const places = [from, to].map((id) => deck.slides.findIndex((slide) => slide.id === id));
  const [first = 0, last = 0] = places.toSorted((one, other) => one - other);
  return { ...onSlide(to), slides: deck.slides.slice(first, last + 1).map(({ id }) => id) };
}

/** The selection in a deck that has changed: what is gone isn't selected. */
export function within(selection: Selection, deck: Deck, before: Deck): Selection {
  const has = (id: string) => deck.slides.some((slide) => slide.id === id);
  const { slide } = selection;
  if (slide !== null && has(slide)) {
    const slides = selection.slides.filter(has);
    return slides.length === selection.slides.length ? selection : { ...selection, slides };
  }
  if (slide === null && deck.slides.length === 0) return selection;
  // The slide that took its place, or the last one.
  const place = before.slides.findIndex(({ id }) => id === slide);
  const next = before.slides.slice(Math.max(0, place)).find(({ id }) => has(id));
  // Of a deck that had none, the first.
  const other = before.slides.length === 0 ? deck.slides[0] : deck.slides.at(-1);
  return onSlide((next ?? other)?.id ?? null);
}
