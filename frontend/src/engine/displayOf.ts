import type { Slide } from "../deck/model";
import type { DisplayList } from "../slides/display";
import type { Engine } from "./engine";

const laidOut = new WeakMap<Slide, { key: string; list: DisplayList }>();

/** What is drawn of a slide. A slide that hasn't changed isn't laid out again. */
export function displayOf(engine: Engine, slide: Slide, look: Look): DisplayList {
  const key = `${look.theme} ${look.number} ${look.language ?? ""} ${engine.epoch()}`;
  const known = laidOut.get(slide);
  if (known?.key === key) return known.list;
  const list = engine.layOut(slide, look.theme, look.number, look.language);
  laidOut.set(slide, { key, list });
  return list;
}

export interface Look {
  theme: string;
  /** The slide's number in its deck, from 1. */
  number: number;
  language?: string | undefined;
}
