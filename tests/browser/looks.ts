/** States of the page, each looked at on several widths, in light and dark, and checked by axe. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { MockAssistant } from "../../frontend/mock/assistant.ts";
import { MockExports } from "../../frontend/mock/exports.ts";
import { MockLibrary } from "../../frontend/mock/library.ts";
import { MockSessions } from "../../frontend/mock/sessions.ts";
import { ADDRESS, type Answer, MOCK_DIST, serveBuiltPage } from "./builtPage.ts";

const OUTPUT = "../output/browser";
const WIDTHS = [1280, 768, 360];
const SCHEMES = ["light", "dark"] as const;

export interface State {
  path: string;
  /** What is waited for before `act`. */
  ready?: (page: Page) => Locator;
  /** What brings the page into the state. */
  act?: (page: Page, assistant: MockAssistant, exports: MockExports) => Promise<unknown>;
  /** What is visible in the state. */
  shows: (page: Page) => Locator;
  answers?: Record<string, Answer | "never">;
  sessions?: () => MockSessions;
  library?: () => MockLibrary;
  assistant?: (sessions: MockSessions) => MockAssistant;
  exports?: (sessions: MockSessions) => MockExports;
}

/** Builds the page with a mock of the server and a plain engine in `MOCK_DIST`. */
export function buildMockPage() {
  const frontend = join(import.meta.dirname, "../../frontend");
  execFileSync("npm", ["--prefix", frontend, "run", "--silent", "build:mock"], { stdio: "ignore" });
}

/** A test of each state: nothing scrolls sideways, axe finds nothing, nothing is logged. Keeps a screenshot. */
export function testLooks(folder: string, states: Record<string, State>) {
  for (const [name, state] of Object.entries(states)) {
    for (const width of WIDTHS) {
      test(`${name}, ${width}`, async ({ browser }) => {
        const context = await browser.newContext({
          viewport: { width, height: 800 },
          reducedMotion: "reduce",
        });
        const page = await context.newPage();
        const problems = problemsOf(page, state.answers);
        const sessions = state.sessions?.() ?? new MockSessions();
        const library = state.library?.() ?? new MockLibrary();
        const assistant = state.assistant?.(sessions) ?? new MockAssistant(sessions);
        const exports = state.exports?.(sessions) ?? new MockExports(sessions);
        const parts = [sessions, library, assistant, exports] as const;
        await serveBuiltPage(page, state.answers ?? {}, MOCK_DIST, ...parts);
        await page.goto(`${ADDRESS}${state.path}`);
        if (state.act) {
          await state.ready?.(page).first().waitFor();
          await state.act(page, assistant, exports);
        }
        // Getting into the state takes longer than looking at it, so both looks are of one page.
        for (const colorScheme of SCHEMES) {
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          await expect(state.shows(page).first()).toBeVisible();
          await expectNothingSideways(page);
          await expectAccessible(page);
          await page.screenshot({
            path: `${OUTPUT}/${folder}/${name}-${width}-${colorScheme}.png`,
          });
        }
        expect(problems).toEqual([]);
        await context.close();
      });
    }
  }
}

export async function expectAccessible(page: Page) {
  // What a slide looks like is its author's and its theme's.
  const axe = new AxeBuilder({ page })
    .exclude("svg[viewBox='0 0 1280 720']")
    // Of WCAG 2.2, and not among axe's defaults.
    .options({ rules: { "target-size": { enabled: true } } });
  // An open menu is at the end of the document, outside of all landmarks, and is scrolled by the arrow keys.
  if ((await page.getByRole("menu").count()) > 0) {
    axe.disableRules(["region", "scrollable-region-focusable"]);
  }
  const { violations } = await axe.analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

/** Presses Tab until `target` has the focus; `each` is done after every press. */
export async function tabTo(target: Locator, each?: () => Promise<void>) {
  const page = target.page();
  for (let presses = 0; presses < 120; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
    await each?.();
  }
  throw new Error("120 presses of Tab didn't reach it");
}

/** Expects that something has the focus, that it is in view, and that it is marked. */
export async function expectFocusIsSeen(page: Page) {
  const seen = await page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return "nothing has the focus";
    const name = element.getAttribute("aria-label") ?? element.textContent ?? element.tagName;
    const { top, bottom, left, right } = element.getBoundingClientRect();
    const isInView =
      bottom > 0 && right > 0 && top < window.innerHeight && left < window.innerWidth;
    if (!isInView) return `${name}: out of view`;
    // The mark may be around what the element stands in, as a card around its link.
    const marks = [element, ...element.querySelectorAll("*"), ...ancestors(element)];
    const isMarked = marks.some((one) => {
      const { outlineStyle, outlineWidth, stroke } = getComputedStyle(one);
      return (
        (outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2) ||
        stroke.startsWith("rgb(59")
      );
    });
    return isMarked ? "seen" : `${name}: not marked`;

    function ancestors(of: Element): Element[] {
      const parent = of.parentElement;
      return parent ? [parent, ...ancestors(parent)] : [];
    }
  });
  expect(seen).toBe("seen");
}

async function expectNothingSideways(page: Page) {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - window.innerWidth,
  );
  expect(overflow, "nothing scrolls sideways").toBeLessThanOrEqual(0);
}

function problemsOf(page: Page, answers: State["answers"] = {}): string[] {
  const failures = Object.values(answers).flatMap((answer) =>
    answer !== "never" && answer.status >= 400 ? [String(answer.status)] : [],
  );
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    // The browser itself reports each failed request; where one is the state under test, it is expected.
    const isExpected = failures.some((status) => message.text().includes(`status of ${status}`));
    if (message.type() === "error" && !isExpected) problems.push(message.text());
  });
  return problems;
}
