/** The assistant: from a description to a deck, changes in words, and what keeps it from working; with a mock of the server. */
import { expect, type Page, test } from "@playwright/test";
import { MockAssistant, READY } from "../../frontend/mock/assistant.ts";
import { MockSessions } from "../../frontend/mock/sessions.ts";
import type { Assistant } from "../../frontend/src/api/chat.ts";
import { ADDRESS, MOCK_DIST, serveBuiltPage } from "./builtPage.ts";
import { buildMockPage, expectFocusIsSeen, type State, tabTo, testLooks } from "./looks.ts";

const SAMPLE = "/decks/00000000-0000-4000-8000-000000000003";

test.beforeAll(buildMockPage);

const panel = (page: Page) => page.getByRole("complementary", { name: "Assistant" });
/** What is written in the conversation; the panel says it to screen readers too. */
const said = (page: Page, text: string | RegExp) =>
  page.getByRole("region", { name: "Conversation" }).getByText(text);
const message = (page: Page) => page.getByRole("textbox", { name: "Message to the assistant" });
const description = (page: Page) =>
  page.getByRole("textbox", { name: "What should the deck tell, and to whom?" });
const rows = (page: Page) => page.getByRole("list", { name: "Slides of this answer" });
const slides = (page: Page) => page.getByRole("option", { name: /^Slide \d/ });
/** Slides that aren't written yet, among those of the deck. */
const toCome = (page: Page) =>
  page.getByRole("listbox", { name: "Slides" }).locator("[data-coming]");
const stage = (page: Page) => page.getByRole("main", { name: "Slide" });

/** An assistant that can't be used, or not fully. */
const troubled = (code: string, text: string, more: Partial<Assistant> = {}) => {
  return (sessions: MockSessions) => {
    const assistant = new MockAssistant(sessions);
    assistant.state = {
      ...structuredClone(READY),
      available: false,
      problem: { code, message: text },
      ...more,
    };
    return assistant;
  };
};

async function begin(page: Page, review = false) {
  await description(page).fill("Quarterly review of the sales data, 6 slides with charts");
  if (review) await page.getByRole("switch", { name: "Review the outline first" }).check();
  await page.getByRole("button", { name: "Create deck" }).click();
  await panel(page).waitFor();
}

const START: Pick<State, "path" | "ready"> = {
  path: "/",
  ready: (page) => page.getByText("All 3 spaces"),
};

testLooks("assistant", {
  "no-endpoint": {
    path: "/",
    assistant: troubled("no_endpoint", "Ask the app’s administrator to set one.", {
      endpoints: [],
    }),
    shows: (page) => page.getByText("No model is set up"),
  },
  "no-right": {
    path: "/",
    assistant: troubled("no_right", "You may not query `team-model`. Ask its owner for CAN_QUERY."),
    shows: (page) => page.getByText("You can’t query the model endpoint"),
  },
  "no-user-authorization": {
    path: "/",
    assistant: troubled("no_user_authorization", "Decks will have no data.", {
      available: true,
      spaces: [],
      user_authorization: false,
    }),
    shows: (page) => page.getByText("user authorization is off"),
  },
  "model-down": {
    path: "/",
    assistant: troubled("busy", "The endpoint `team-model` isn’t ready."),
    shows: (page) => page.getByText("The model isn’t answering"),
  },
  limit: {
    path: "/",
    assistant: troubled("limit_reached", "You used 2,000,000 tokens today. Try again tomorrow."),
    shows: (page) => page.getByText("You have reached your limit for now"),
  },
  options: {
    ...START,
    act: async (page) => {
      await page.getByRole("button", { name: /Quarterly review of the data/ }).click();
      await page.getByRole("button", { name: "Options" }).click();
    },
    shows: (page) => page.getByLabel("Model endpoint"),
  },
  beginning: {
    path: SAMPLE,
    ready: stage,
    act: (page) => page.keyboard.press("Control+j"),
    shows: (page) => page.getByRole("button", { name: "Turn the table into a chart" }),
  },
  "no-endpoint-in-editor": {
    path: SAMPLE,
    assistant: troubled("no_endpoint", "Ask the app’s administrator to set one.", {
      endpoints: [],
    }),
    ready: stage,
    act: (page) => page.keyboard.press("Control+j"),
    shows: (page) => panel(page).getByText("No model is set up"),
  },
  gathering: {
    ...START,
    act: async (page, assistant) => {
      await begin(page);
      assistant.step(3);
      assistant.tell("query", { space: "Churn", question: "Who left?", state: "asked" });
      assistant.tell("query", { space: "Churn", question: "Who stayed?", state: "failed" });
    },
    shows: (page) => said(page, "Churn · asking…"),
  },
  outline: {
    ...START,
    act: async (page, assistant) => {
      await begin(page, true);
      assistant.run();
    },
    shows: (page) => page.getByRole("button", { name: "Write 6 slides" }),
  },
  writing: {
    ...START,
    act: async (page, assistant) => {
      await begin(page);
      assistant.run((turn) => turn.slides.filter(({ state }) => state === "done").length === 3);
    },
    shows: (page) => said(page, "Writing slides, 3 of 6"),
  },
  waiting: {
    ...START,
    act: async (page, assistant) => {
      await begin(page);
      assistant.step(1);
      assistant.tell("waiting", { reason: "The model endpoint is busy", seconds: 40 });
    },
    shows: (page) => said(page, "The model endpoint is busy"),
  },
  done: {
    ...START,
    act: async (page, assistant) => {
      await begin(page);
      assistant.run();
    },
    shows: (page) => said(page, "Done in 24 s"),
  },
  failed: {
    ...START,
    act: async (page, assistant) => {
      await begin(page);
      assistant.run((turn) => turn.slides.some(({ state }) => state === "done"));
      assistant.fail("cut", "The model’s answer was longer than allowed. Ask for less at once.");
    },
    shows: (page) => panel(page).getByRole("button", { name: "Try again" }),
  },
  source: {
    ...START,
    act: async (page, assistant) => {
      await begin(page);
      assistant.run();
      await panel(page)
        .getByRole("button", { name: /Which regions missed/ })
        .click();
      await page.getByText("Query", { exact: true }).click();
    },
    shows: (page) => page.getByText("the first 4 of 5,000 rows, truncated by the data space"),
  },
  comparison: {
    path: SAMPLE,
    ready: stage,
    act: async (page, assistant) => {
      await page.keyboard.press("Control+j");
      await message(page).fill("Turn the table into a chart");
      await page.keyboard.press("Enter");
      await said(page, "Starting").waitFor();
      assistant.run();
      await panel(page).getByRole("button", { name: "Compare" }).click();
    },
    shows: (page) => page.getByRole("heading", { name: "Before and after" }),
  },
  settings: {
    path: "/settings",
    ready: (page) => page.getByRole("button", { name: "Test team-model" }),
    act: async (page) => {
      await page.getByRole("button", { name: "Test databricks-claude-sonnet-4-5" }).click();
      await page.getByRole("button", { name: "Test team-model" }).click();
      await page.getByText(/Permission denied/).scrollIntoViewIfNeeded();
    },
    shows: (page) => page.getByText("The endpoint answered. (412 ms)"),
  },
  profile: {
    path: "/settings",
    ready: (page) => page.getByRole("button", { name: "Test team-model" }),
    act: async (page) => {
      await page.getByRole("button", { name: "New profile" }).click();
      await page.getByRole("dialog").getByRole("checkbox", { name: "Sample sales" }).check();
      await page.getByRole("dialog").getByRole("button", { name: "Test Churn" }).click();
    },
    shows: (page) => page.getByRole("dialog").getByText(/Permission denied/),
  },
});

async function start(page: Page) {
  const sessions = new MockSessions();
  const assistant = new MockAssistant(sessions);
  await serveBuiltPage(page, {}, MOCK_DIST, sessions, undefined, assistant);
  await page.goto(ADDRESS);
  await page.getByText("All 3 spaces").waitFor();
  return { sessions, assistant };
}

test("a description becomes a deck, slide by slide, and is there again after a reload", async ({
  page,
}) => {
  const { assistant, sessions } = await start(page);
  await page.getByRole("button", { name: "Support tickets", exact: true }).click();
  await begin(page);
  expect(assistant.requests).toEqual([
    {
      message: "Quarterly review of the sales data, 6 slides with charts",
      options: { spaces: ["sp2"] },
    },
  ]);
  await expect(said(page, "Starting")).toBeVisible();
  await expect(stage(page).getByText("Your slides appear here")).toBeVisible();
  assistant.run(({ outline }) => outline !== null);
  await expect(rows(page).getByRole("button", { name: /not written yet/ })).toHaveCount(6);
  await expect(toCome(page)).toHaveCount(6);
  assistant.run((turn) => turn.slides.filter(({ state }) => state === "done").length === 2);
  await expect(slides(page)).toHaveCount(2);
  await expect(rows(page).getByRole("button", { name: /done/ })).toHaveCount(2);
  await expect(toCome(page)).toHaveCount(4);

  await page.reload();
  await expect(said(page, "Writing slides, 2 of 6")).toBeVisible();
  await expect(said(page, /^I found the revenue/)).toBeVisible();
  assistant.run();
  await expect(said(page, "Done in 24 s")).toBeVisible();
  await expect(said(page, "11,953 tokens")).toBeVisible();
  await expect(slides(page)).toHaveCount(6);
  await expect(page.getByRole("textbox", { name: "Title of the deck" })).toHaveValue(
    /^Third quarter/,
  );
  await rows(page)
    .getByRole("button", { name: /AMER and APAC missed/ })
    .click();
  await expect(page.getByRole("option", { name: /^Slide 4/ })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  expect(sessions.sessions.at(-1)?.deck.slides).toHaveLength(6);
});

test("an outline is reordered and edited with the keyboard, and approved", async ({ page }) => {
  const { assistant } = await start(page);
  await begin(page, true);
  assistant.run();
  const title = (number: number) => page.getByRole("textbox", { name: `Title of slide ${number}` });
  await title(3).focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(title(2)).toHaveValue(/^EMEA passed AMER/);
  await expect(title(2)).toBeFocused();
  await tabTo(page.getByRole("button", { name: "Remove slide 2" }));
  await expectFocusIsSeen(page);
  await page.keyboard.press("Enter");
  await expect(title(2)).toBeFocused();
  await tabTo(page.getByRole("button", { name: "Add slide" }));
  await page.keyboard.press("Enter");
  await expect(title(6)).toBeFocused();
  await page.keyboard.type("What we ask for");
  await tabTo(page.getByRole("button", { name: "Write 6 slides" }));
  await page.keyboard.press("Enter");
  await expect(said(page, "Starting")).toBeVisible();
  expect(assistant.turns[0]?.outline?.slides.map((slide) => slide.title.slice(0, 12))).toEqual([
    "Third quarte",
    "Revenue grew",
    "AMER and APA",
    "Two large re",
    "Decide on th",
    "What we ask ",
  ]);
  assistant.run();
  await expect(slides(page)).toHaveCount(6);
});

test("a slide of an outline is dragged to another place", async ({ page }) => {
  const { assistant } = await start(page);
  await begin(page, true);
  assistant.run();
  const grips = page.getByTitle("Drag to reorder");
  await grips.nth(4).dragTo(grips.nth(1), { targetPosition: { x: 8, y: 2 } });
  await expect(page.getByRole("textbox", { name: "Title of slide 2" })).toHaveValue(/^Two large/);
});

test("a change is made, compared, undone and rated", async ({ page }) => {
  const { sessions, assistant } = await start(page);
  await page.goto(`${ADDRESS}${SAMPLE}`);
  await page.getByRole("option", { name: /^Slide 5/ }).click();
  await page.keyboard.press("Control+j");
  await expect(message(page)).toBeFocused();
  await panel(page).getByText("Slide 5", { exact: true }).click();
  await message(page).fill("Turn the table into a chart");
  await message(page).press("Enter");
  await expect(said(page, "1 selected slide")).toBeVisible();
  expect(assistant.requests.at(-1)).toMatchObject({ selection: ["s5"] });
  assistant.run();
  await expect(stage(page).getByRole("button", { name: /^Chart/ })).toBeVisible();

  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByRole("heading", { name: /^Changed: Every region/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Good answer" }).click();
  await page.getByRole("textbox", { name: /^Comment/ }).fill("Clear");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Thanks, your comment was sent.")).toBeVisible();
  expect(assistant.feedback).toEqual([{ rating: "up" }, { rating: "up", comment: "Clear" }]);

  await panel(page).getByRole("button", { name: "Undo" }).click();
  await expect(stage(page).getByRole("button", { name: /^Table/ })).toBeVisible();
  await expect(panel(page).getByRole("button", { name: "Undo" })).toHaveCount(0);
  await expect(said(page, "Undone")).toBeVisible();
  const sample = sessions.sessions.find(({ id }) => SAMPLE.endsWith(id));
  expect(JSON.stringify(sample?.deck.slides[4])).toContain('"table"');
});

test("several selected slides are what a message is about, unless the whole deck is chosen", async ({
  page,
}) => {
  const { assistant } = await start(page);
  await page.goto(`${ADDRESS}${SAMPLE}`);
  await page.getByRole("option", { name: /^Slide 2/ }).click();
  await page.getByRole("option", { name: /^Slide 4/ }).click({ modifiers: ["Shift"] });
  await page.keyboard.press("Control+j");
  await expect(page.getByRole("radio", { name: "3 selected slides" })).toBeChecked();
  await message(page).fill("Shorter");
  await message(page).press("Enter");
  await expect(said(page, "Starting")).toBeVisible();
  expect(assistant.requests.at(-1)).toMatchObject({ selection: ["s2", "s3", "s4"] });
  assistant.run();
  await expect(said(page, "Done in 24 s")).toBeVisible();
  await page.getByRole("radio", { name: "Whole deck" }).check({ force: true });
  await message(page).fill("Translate to German");
  await message(page).press("Enter");
  await expect.poll(() => assistant.requests.length).toBe(2);
  expect(assistant.requests.at(-1)).not.toHaveProperty("selection");
});

test("what is typed on a slide while the assistant writes isn't lost", async ({ page }) => {
  const { assistant, sessions } = await start(page);
  await begin(page);
  assistant.run((turn) => turn.slides.some(({ state }) => state === "done"));
  await expect(slides(page)).toHaveCount(1);
  const title = stage(page).getByRole("button", { name: /^Title/ });
  await title.dblclick();
  await page.keyboard.press("End");
  await page.keyboard.type(", for the board");
  assistant.run();
  await expect(slides(page)).toHaveCount(6);
  await page.keyboard.press("Escape");
  await expect(page.getByText("Saved", { exact: true })).toBeAttached();
  await expect
    .poll(() => JSON.stringify(sessions.sessions.at(-1)?.deck.slides[0]))
    .toContain("AMER slips, for the board");
  expect(sessions.sessions.at(-1)?.deck.slides).toHaveLength(6);
});

test("an answer is stopped and continued", async ({ page }) => {
  const { assistant } = await start(page);
  await begin(page);
  assistant.run((turn) => turn.slides.filter(({ state }) => state === "done").length === 2);
  await expect(slides(page)).toHaveCount(2);
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(said(page, /^Stopped/)).toBeVisible();
  await expect(said(page, "The 2 slides that were written are kept.")).toBeVisible();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("button", { name: "Stop" })).toBeVisible();
});

test("an answer that failed is tried again, also with another model", async ({ page }) => {
  const { assistant } = await start(page);
  await begin(page);
  assistant.run((turn) => turn.stage === "plan");
  assistant.fail("not_usable", "The answer of the model could not be used.");
  const again = page.getByRole("button", { name: "Try again" });
  await again.click();
  await expect(page.getByRole("button", { name: "Stop" })).toBeVisible();
  assistant.fail("not_usable", "The answer of the model could not be used.");
  await page.getByLabel("Model", { exact: true }).selectOption("databricks-llama-4-maverick");
  await again.click();
  await expect(page.getByRole("button", { name: "Stop" })).toBeVisible();
  expect(assistant.retries).toEqual([{}, { endpoint: "databricks-llama-4-maverick" }]);
});

test("a model is asked for where none is the default, and remembered", async ({ page }) => {
  const { assistant } = await start(page);
  assistant.state = { ...structuredClone(READY), endpoint: null };
  await page.reload();
  await description(page).fill("A plan");
  await expect(page.getByRole("button", { name: "Create deck" })).toBeDisabled();
  await page.getByLabel("Model endpoint").selectOption("databricks-llama-4-maverick");
  await page.getByRole("button", { name: "Create deck" }).click();
  await expect(panel(page)).toBeVisible();
  assistant.run();
  await expect(said(page, "Done in 24 s")).toBeVisible();
  await message(page).fill("Shorter");
  await message(page).press("Enter");
  await expect(said(page, "Shorter")).toBeVisible();
  expect(assistant.requests.map(({ options }) => options?.endpoint)).toEqual([
    "databricks-llama-4-maverick",
    "databricks-llama-4-maverick",
  ]);
});

test("nothing moves while text arrives, unless one is at the end", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 620 });
  const { assistant } = await start(page);
  assistant.words = Array.from({ length: 400 }, (_, index) => `word${index}`).join(" ");
  await begin(page);
  assistant.step(80);
  const log = page.getByRole("region", { name: "Conversation" });
  const place = () => log.evaluate(({ scrollTop }) => scrollTop);
  const fromEnd = () =>
    log.evaluate(
      ({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight,
    );
  await expect(said(page, /word60/)).toBeVisible();
  assistant.step(150);
  await expect(said(page, /word200/)).toBeVisible();
  await expect.poll(fromEnd).toBeLessThan(33);
  expect(await place()).toBeGreaterThan(0);

  await log.evaluate((element) => element.scrollTo({ top: 40, behavior: "instant" }));
  await page.waitForFunction(
    () => document.querySelector("section[aria-label=Conversation]")?.scrollTop === 40,
  );
  assistant.step(120);
  await expect(said(page, /word320/)).toBeAttached();
  expect(await place()).toBe(40);
  await page.getByRole("button", { name: "Latest" }).click();
  await expect.poll(fromEnd).toBeLessThan(33);
});

test("the numbers of a slide lead to the table behind them", async ({ page }) => {
  const { assistant } = await start(page);
  await begin(page);
  assistant.run();
  await rows(page)
    .getByRole("button", { name: /EMEA passed AMER/ })
    .click();
  await stage(page)
    .getByRole("button", { name: /^Show the data: Sample sales/ })
    .click();
  const table = page.getByRole("dialog").getByRole("table");
  await expect(table.getByRole("row")).toHaveCount(13);
  await expect(table.getByRole("cell", { name: "4,220,000" })).toBeVisible();
  await page.keyboard.press("Escape");

  await stage(page)
    .getByRole("button", { name: /^Chart/ })
    .click();
  await page.getByRole("button", { name: "Inspector" }).click();
  await page.getByRole("button", { name: /^Show the data · 12 rows/ }).click();
  await expect(
    page.getByRole("dialog").getByText("revenue by quarter", { exact: false }).first(),
  ).toBeVisible();
});

test("what was typed is kept when the assistant can't take it", async ({ page }) => {
  const { assistant } = await start(page);
  await description(page).fill("A plan");
  assistant.state = {
    ...structuredClone(READY),
    available: false,
    problem: { code: "limit_reached", message: "You used all tokens of today." },
  };
  await page.getByRole("button", { name: "Create deck" }).click();
  await expect(
    page.getByText("The deck wasn’t started: You used all tokens of today."),
  ).toBeVisible();
  await expect(page.getByText("You have reached your limit for now")).toBeVisible();
  await page.reload();
  await expect(description(page)).toHaveValue("A plan");
  await expect(page.getByRole("button", { name: "Create deck" })).toBeDisabled();
  assistant.state = structuredClone(READY);
  await page.getByRole("button", { name: "Check again" }).click();
  await page.getByRole("button", { name: "Create deck" }).click();
  await expect(panel(page)).toBeVisible();
});

test("a deck is made from a description with the keyboard alone", async ({ page }) => {
  const { assistant } = await start(page);
  await tabTo(description(page));
  await page.keyboard.type("A review");
  await page.keyboard.press("Enter");
  await expect(message(page)).toBeFocused();
  await expectFocusIsSeen(page);
  assistant.run();
  await expect(slides(page)).toHaveCount(6);
  await page.keyboard.press("Escape");
  await expect(panel(page)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Assistant" })).toBeFocused();
  await page.keyboard.press("Control+j");
  await expect(message(page)).toBeFocused();
  // Backwards from the field, through its choices, to the answer.
  const poor = panel(page).getByRole("button", { name: "Poor answer" });
  for (let presses = 0; presses < 5; presses += 1) {
    if (await poor.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press("Shift+Tab");
    await expectFocusIsSeen(page);
  }
  await expect(poor).toBeFocused();
});
