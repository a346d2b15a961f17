/** Decks: start page, editor, presentation, with a mock of the server and a plain engine. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { MockSessions } from "../../frontend/mock/sessions.ts";
import { ADDRESS, MOCK_DIST, serveBuiltPage } from "./builtPage.ts";

const OUTPUT = "../output/browser/decks";
const SAMPLE = "/decks/00000000-0000-4000-8000-000000000003";
const WIDTHS = [1280, 768, 360];
const SCHEMES = ["light", "dark"] as const;

test.beforeAll(() => {
  const frontend = join(import.meta.dirname, "../../frontend");
  execFileSync("npm", ["--prefix", frontend, "run", "--silent", "build:mock"], { stdio: "ignore" });
});

const stage = (page: Page) => page.getByRole("main", { name: "Slide" });
const slide = (page: Page, name: RegExp) => page.getByRole("option", { name });
const block = (page: Page, name: RegExp) => stage(page).getByRole("button", { name });

interface State {
  path: string;
  act?: (page: Page) => Promise<void>;
  shows: (page: Page) => ReturnType<Page["getByText"]>;
  empty?: boolean;
}

const STATES: Record<string, State> = {
  start: { path: "/", shows: (page) => page.getByRole("link", { name: "How Tellr works" }) },
  empty: { path: "/", empty: true, shows: (page) => page.getByText("You have no decks yet") },
  editor: { path: SAMPLE, shows: stage },
  chart: {
    path: SAMPLE,
    act: async (page) => {
      await slide(page, /Slide 3/).click();
      await block(page, /^Chart/).click();
    },
    shows: (page) => block(page, /^Chart/),
  },
  editing: {
    path: SAMPLE,
    act: async (page) => {
      await slide(page, /Slide 2/).click();
      await block(page, /^Bulleted/).dblclick();
    },
    shows: (page) => page.getByRole("textbox", { name: /^Bulleted list, item/ }),
  },
  palette: {
    path: SAMPLE,
    act: (page) => page.keyboard.press("Control+k"),
    shows: (page) => page.getByRole("combobox", { name: "Search commands" }),
  },
  keys: {
    path: SAMPLE,
    act: (page) => page.keyboard.press("Control+/"),
    shows: (page) => page.getByRole("heading", { name: "Keyboard shortcuts" }),
  },
  history: {
    path: SAMPLE,
    act: (page) => page.keyboard.press("Control+Alt+h"),
    shows: (page) => page.getByRole("button", { name: "Restore this version" }),
  },
  "new-slide": {
    path: SAMPLE,
    act: (page) => page.keyboard.press("Control+Shift+m"),
    shows: (page) => page.getByRole("heading", { name: "New slide" }),
  },
  present: {
    path: `${SAMPLE}/present?slide=3`,
    shows: (page) => page.getByRole("main", { name: "Presentation" }),
  },
  notes: {
    path: `${SAMPLE}/notes?slide=2`,
    shows: (page) => page.getByText("Every change is saved"),
  },
};

for (const [name, { path, act, shows, empty = false }] of Object.entries(STATES)) {
  for (const width of WIDTHS) {
    for (const colorScheme of SCHEMES) {
      test(`${name}, ${width}, ${colorScheme}`, async ({ browser }) => {
        const context = await browser.newContext({
          viewport: { width, height: 800 },
          colorScheme,
          reducedMotion: "reduce",
        });
        const page = await context.newPage();
        const problems: string[] = [];
        page.on("pageerror", (error) => problems.push(error.message));
        page.on("console", (message) => {
          if (message.type() === "error") problems.push(message.text());
        });
        await serveBuiltPage(page, {}, MOCK_DIST, new MockSessions({ empty }));
        await page.goto(`${ADDRESS}${path}`);
        if (act) {
          await stage(page).waitFor();
          await act(page);
        }
        await expect(shows(page).first()).toBeVisible();
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - window.innerWidth,
        );
        expect(overflow, "nothing scrolls sideways").toBeLessThanOrEqual(0);
        // What a slide looks like is its author's and its theme's.
        const axe = new AxeBuilder({ page }).exclude("svg[viewBox='0 0 1280 720']");
        const { violations } = await axe.analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
        expect(problems).toEqual([]);
        await page.screenshot({ path: `${OUTPUT}/${name}-${width}-${colorScheme}.png` });
        await context.close();
      });
    }
  }
}

async function open(page: Page) {
  const { sessions } = await serveBuiltPage(page, {}, MOCK_DIST);
  const sample = sessions.sessions.find(({ id }) => SAMPLE.endsWith(id));
  if (!sample) throw new Error("there is no sample deck");
  await page.goto(`${ADDRESS}${SAMPLE}`);
  await stage(page).waitFor();
  return { sessions, sample };
}

test("a deck is made and edited with the keyboard alone", async ({ page }) => {
  const { sessions } = await serveBuiltPage(page, {}, MOCK_DIST);
  await page.goto(ADDRESS);
  await page.getByRole("button", { name: /New deck/ }).focus();
  await page.keyboard.press("Enter");
  await stage(page).waitFor();
  await block(page, /^Title/).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Revenue grew 18 %");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+m");
  await expect(page.getByRole("option")).toHaveCount(2);
  await expect(page.getByText("Saved", { exact: true })).toBeAttached();
  expect(JSON.stringify(sessions.sessions.at(-1)?.deck)).toContain("Revenue grew 18 %");
  expect(sessions.sessions.at(-1)?.deck.slides).toHaveLength(2);
});

test("a slide is dragged to another place", async ({ page }) => {
  const { sample } = await open(page);
  await slide(page, /Slide 4/).dragTo(slide(page, /Slide 1:/), { targetPosition: { x: 90, y: 8 } });
  await expect
    .poll(() => sample.deck.slides.map(({ id }) => id).join())
    .toBe("s4,s1,s2,s3,s5,s6,s7");
});

test("a key stroke is drawn within 50 ms", async ({ page }) => {
  await open(page);
  await block(page, /^Title/).dblclick();
  const longest = await page.evaluate(async () => {
    const field = document.activeElement as HTMLTextAreaElement;
    const times: number[] = [];
    for (let index = 0; index < 20; index += 1) {
      const start = performance.now();
      field.setRangeText("x", field.value.length, field.value.length, "end");
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      await new Promise((resolve) => requestAnimationFrame(resolve));
      times.push(performance.now() - start);
    }
    return times.toSorted((one, other) => one - other)[10] ?? 0;
  });
  expect(longest).toBeLessThan(50);
});

test("the presentation and the notes' window stay in step", async ({ context, page }) => {
  await open(page);
  await page.keyboard.press("Control+Enter");
  await page.getByRole("main", { name: "Presentation" }).waitFor();
  const notes = await context.newPage();
  await serveBuiltPage(notes, {}, MOCK_DIST);
  await notes.goto(`${ADDRESS}${SAMPLE}/notes`);
  await expect(notes.getByText("Slide 1 of 7")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(notes.getByText("Slide 2 of 7")).toBeVisible();
  await notes.keyboard.press("End");
  await expect(page.getByText("7 / 7")).toBeAttached();
  await page.keyboard.press("Escape");
  await expect(stage(page)).toBeVisible();
});
