/**
 * Golden pictures: 60 slides as Chromium draws them, compared with those in `slides/`. A difference
 * is kept as pictures (expected, actual, difference), which the failure names.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "@playwright/test";
import { BINARIES } from "./deployStand.ts";

const DECKS = join(import.meta.dirname, "../../runtime/slides/tests/decks");
const DRAWN = join(import.meta.dirname, "../output/slides");
const PROGRAM = join(BINARIES, "examples/pictures");

interface SlideJson {
  id: string;
}

const slidesOf = (deck: string): string[] => {
  const { slides } = JSON.parse(readFileSync(join(DECKS, `${deck}.json`), "utf8")) as {
    slides: SlideJson[];
  };
  return slides.map(({ id }) => id);
};

/** All slides in the first theme; in the others what shows a theme best, and a few more each. */
const GOLDEN: [deck: string, theme: string, slides: string[]][] = [
  ["gallery", "clear", slidesOf("gallery")],
  ["gallery", "ink", ["cover", "section", "chart", "bars", "table", "quote"]],
  ["gallery", "paper", ["cover", "section", "chart", "metrics", "compare", "statement"]],
  ["gallery", "signal", ["cover", "section", "chart", "agenda", "steps", "stacked"]],
  ["gallery", "lakehouse", ["cover", "section", "chart", "text", "timeline", "area"]],
  ["awkward", "clear", slidesOf("awkward")],
];

test.use({ viewport: { width: 640, height: 360 } });

test.beforeAll(() => {
  const missing = `${PROGRAM}: run \`cargo build --package tellr-slides --examples\``;
  expect(existsSync(PROGRAM), missing).toBe(true);
  rmSync(DRAWN, { recursive: true, force: true });
  mkdirSync(DRAWN, { recursive: true });
  const decks = ["gallery", "awkward"].map((deck) => join(DECKS, `${deck}.json`));
  execFileSync(PROGRAM, ["--boxes", DRAWN, ...decks], { stdio: "ignore" });
  writeFileSync(
    join(DRAWN, "blank.html"),
    `<!doctype html><link rel="stylesheet" href="fonts.css">
<style>body { margin: 0 } svg { display: block; width: 640px; height: 360px }</style>`,
  );
});

test("there are 60 golden pictures", () => {
  expect(GOLDEN.flatMap(([, , slides]) => slides)).toHaveLength(60);
});

for (const [deck, theme, slides] of GOLDEN) {
  test(`the slides of ${deck} in ${theme} look as they did`, async ({ page }) => {
    const ids = slidesOf(deck);
    await page.goto(pathToFileURL(join(DRAWN, "blank.html")).href);
    for (const id of slides) {
      const number = String(ids.indexOf(id) + 1).padStart(2, "0");
      const svg = readFileSync(join(DRAWN, `${deck}-${theme}-${number}.svg`), "utf8");
      await page.evaluate(async (picture) => {
        document.body.innerHTML = picture;
        // A font starts to load when something is drawn in it.
        document.body.getBoundingClientRect();
        await document.fonts.ready;
      }, svg);
      await expect.soft(page).toHaveScreenshot(`${deck}-${theme}-${id}.png`);
    }
  });
}
