/** The engine of `--mode mock` and of tests: TypeScript, built from nothing. */

import { allBlocks } from "../../src/deck/find.ts";
import type { Theme } from "../../src/deck/theme";
import type { Engine, Finding } from "../../src/engine/engine";
import { MissingThemes } from "../../src/engine/missingThemes.ts";
import { applyAll } from "./apply.ts";
import { layOut } from "./layOut.ts";
import { themes } from "./themes.ts";

const listeners = new Set<() => void>();
let changes = 0;
let known: readonly Theme[] = themes;

function addTheme(theme: Theme) {
  known = [...known.filter(({ id }) => id !== theme.id), theme];
  changes += 1;
  for (const listener of listeners) listener();
}

const missing = new MissingThemes(addTheme);

export const engine: Engine = {
  get themes() {
    return known;
  },
  addTheme,
  epoch: () => changes,
  subscribe: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  apply: applyAll,
  layOut: (slide, id, number) => {
    const found = known.find((one) => one.id === id);
    if (!found) missing.want(id);
    const theme = found ?? known[0];
    if (!theme) throw new Error("there are no themes");
    return layOut(slide, theme, number);
  },
  findings: (slide) => {
    const chart = allBlocks(slide).find((block) => block.type === "chart" && !block.source);
    const finding: Finding = {
      rule: "no_source",
      slide: slide.id,
      block: chart?.id ?? null,
      message: "The numbers have no source; say where they come from and from when",
      fix: null,
    };
    return chart && !slide.sources?.length ? [finding] : [];
  },
};

export const loadEngine = async () => engine;
