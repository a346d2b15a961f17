/**
 * How long a key stroke takes until it is drawn, on the page as it ships. Printed and left for the summary of
 * `make test`; a busy machine makes no test fail.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { MockSessions } from "../../frontend/mock/sessions.ts";
import { ADDRESS, serveBuiltPage } from "./builtPage.ts";

const FIGURES = join(import.meta.dirname, "../../.cache/setup/figures");
const KEYS = 21;
const MANY_SLIDES = 50;

test("how long a key stroke takes until it is drawn", async ({ page }) => {
  const sessions = new MockSessions();
  const sample = sessions.sessions.at(-1);
  if (!sample) throw new Error("there is no sample deck");
  const { slides } = sample.deck;
  sample.deck.slides = Array.from({ length: MANY_SLIDES }, (_, index) => {
    const slide = structuredClone(slides[index % slides.length] ?? slides[0]);
    if (!slide) throw new Error("the sample deck has no slides");
    const blocks = slide.blocks.map((block) => ({ ...block, id: `${block.id}-${index}` }));
    return { ...slide, blocks, id: `slide-${index}` };
  });
  await serveBuiltPage(page, {}, undefined, sessions);
  await page.goto(`${ADDRESS}/decks/${sample.id}`);
  const stage = page.getByRole("main", { name: "Slide" });
  await page.getByRole("option", { name: /^Slide 2:/ }).click();
  await stage.getByRole("button", { name: /^Title/ }).click();
  const field = page.getByRole("textbox", { name: "Text", exact: true });
  await field.focus();
  await page.keyboard.press("Control+End");

  const times: number[] = [];
  for (let key = 0; key < KEYS; key += 1) {
    const drawn = await startWatch(page);
    await page.keyboard.press("x");
    times.push(await drawn());
  }
  // What was measured is the key stroke on the slide.
  await expect(stage.getByRole("button", { name: /x{21}$/ })).toBeVisible();

  const sorted = times.toSorted((one, other) => one - other);
  const [median, slowest] = [sorted[Math.floor(KEYS / 2)] ?? 0, sorted.at(-1) ?? 0];
  const line = `  key to drawn slide     ${median.toFixed(1)} ms, the slowest ${slowest.toFixed(1)} ms (deck of ${MANY_SLIDES})\n`;
  process.stdout.write(line);
  mkdirSync(FIGURES, { recursive: true });
  writeFileSync(join(FIGURES, "page.txt"), line);
});

/** Watches for the next key stroke. What it gives resolves to the milliseconds until the frame that shows it. */
async function startWatch(page: Page) {
  const watch = await page.evaluateHandle(() => {
    const slide = document.querySelector("main svg");
    if (!slide) throw new Error("there is no slide");
    const took = new Promise<number>((resolve) => {
      document.addEventListener(
        "keydown",
        () => {
          const start = performance.now();
          const observer = new MutationObserver(() => {
            observer.disconnect();
            requestAnimationFrame(() => resolve(performance.now() - start));
          });
          observer.observe(slide, { subtree: true, childList: true, characterData: true });
        },
        { capture: true, once: true },
      );
    });
    return { took };
  });
  return () => watch.evaluate(({ took }) => took);
}
