/** The engine of `--mode mock` and of tests: TypeScript, built from nothing. */

import { allBlocks } from "../../src/deck/find.ts";
import type { Engine, Finding } from "../../src/engine/engine";
import { applyAll } from "./apply.ts";
import { layOut } from "./layOut.ts";
import { themes } from "./themes.ts";

export const engine: Engine = {
  themes,
  epoch: () => 0,
  subscribe: () => () => undefined,
  apply: applyAll,
  layOut: (slide, id, number) => {
    const theme = themes.find((one) => one.id === id) ?? themes[0];
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
