/**
 * Decks made to run something in the page, in every place that shows them: none runs,
 * and the page itself does nothing that its Content-Security-Policy forbids. With the engine that ships.
 */
import { expect, type Page, test } from "@playwright/test";
import { MockAssistant } from "../../frontend/mock/assistant.ts";
import { MockSessions } from "../../frontend/mock/sessions.ts";
import type { Deck } from "../../frontend/src/deck/model.ts";
import { ADDRESS, serveBuiltPage } from "./builtPage.ts";

const TEXTS = [
  "<script>window.ran = 1</script>",
  "<img src=x onerror='window.ran = 1'>",
  "&lt;img src=x onerror=window.ran=1&gt; &#60;b&#62;",
  "</text></svg><svg onload='window.ran = 1'>",
  "\"><a href='javascript:window.ran = 1'>x</a><iframe srcdoc='<script>top.ran = 1</script>'>",
];
const LINKS = [
  "javascript:window.ran=1",
  "JaVaScRiPt:window.ran=1",
  "data:text/html,x",
  "//evil.example",
];

/** A deck with these texts wherever a text goes. */
function deckOf(texts: string[]): Deck {
  return {
    format: 1,
    title: texts[0] ?? "",
    theme: "clear",
    slides: texts.map((text, index) => {
      const id = (name: string) => `${name}${index}`;
      return {
        id: id("s"),
        layout: "title_and_text",
        notes: text,
        sources: [{ label: text, url: "https://example.com/" }],
        blocks: [
          { type: "title", id: id("t"), text },
          { type: "bullets", id: id("b"), items: [{ text: `**${text}**` }, { text }] },
          {
            type: "table",
            id: id("c"),
            columns: [{ title: text, unit: "€" }],
            rows: [[text], [1]],
            source: { label: text },
          },
          {
            type: "chart",
            id: id("d"),
            kind: "bar",
            categories: [text],
            series: [{ id: "x", name: text, values: [1] }],
            unit: "€",
          },
          { type: "image", id: id("i"), image: id("none"), alt: text, caption: text },
        ],
      };
    }),
  };
}

/** The deck of a server that let pass what ours refuses: links that run, and an image that leads elsewhere. */
function deckOfAnotherServer(): Deck {
  const deck = deckOf(LINKS.map((link) => `[go](${link})`));
  for (const [index, slide] of deck.slides.entries()) {
    slide.sources = [{ label: "Source", url: LINKS[index] ?? "" }];
    for (const block of slide.blocks) {
      if (block.type === "image") block.image = "../../../evil?'\"><script>window.ran = 1</script>";
    }
  }
  return deck;
}

/** Opens pages of these decks, and notes what must not happen in them. */
async function hostile(page: Page, deck: Deck) {
  const sessions = new MockSessions({ empty: true });
  const made = sessions.answer("POST", "/api/sessions", { deck }).body as { id: string };
  const [session] = sessions.sessions;
  if (!session) throw new Error("there is no deck");
  const person = { id: "1002", name: TEXTS[1] ?? "" };
  session.savePoints.push({
    number: 1,
    name: TEXTS[0] ?? "",
    created_at: session.created_at,
    created_by: person,
    deck,
  });
  const principal = { kind: "user", ...person } as const;
  session.shares.push({ principal, access: "edit", created_at: session.created_at });
  const problems: string[] = [];
  page.on("dialog", (dialog) => {
    problems.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) problems.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${ADDRESS}/`)) problems.push(`a request: ${request.url()}`);
  });
  const assistant = new MockAssistant(sessions);
  await serveBuiltPage(page, {}, undefined, sessions, undefined, assistant);
  return { path: `${ADDRESS}/decks/${made.id}`, problems, assistant };
}

/** What stands in the document is what the page itself put there. */
async function isQuiet(page: Page, problems: string[]) {
  const found = await page.evaluate(() => {
    const handlers = [...document.querySelectorAll("*")].flatMap((element) =>
      [...element.attributes].filter(({ name }) => name.startsWith("on")).map(({ name }) => name),
    );
    const links = [...document.querySelectorAll("a[href], use, image, img, form[action]")].flatMap(
      (element) => [...element.attributes].filter(({ name }) => /href|src|action/.test(name)),
    );
    const places = links.map(({ value }) => new URL(value, document.baseURI).protocol);
    return {
      ran: "ran" in window,
      handlers,
      foreign: document.querySelectorAll("iframe, object, embed, script:not([src])").length,
      places: [...new Set(places)].filter((scheme) => !/^(?:https?|mailto|blob):$/.test(scheme)),
      leading: document.querySelectorAll("[href^='//'], [src^='//']").length,
    };
  });
  expect(found).toEqual({ ran: false, handlers: [], foreign: 0, places: [], leading: 0 });
  expect(problems).toEqual([]);
}

const stage = (page: Page) => page.getByRole("main", { name: "Slide" });

test("a deck of markup on the start page", async ({ page }) => {
  const deck = deckOf(TEXTS);
  const { problems } = await hostile(page, deck);
  await page.goto(ADDRESS);
  await expect(page.getByRole("link", { name: deck.title })).toBeVisible();
  await isQuiet(page, problems);
});

test("a deck of markup in the editor, its history and its shares", async ({ page }) => {
  const { path, problems } = await hostile(page, deckOf(TEXTS));
  await page.goto(path);
  await stage(page).waitFor();
  for (const option of await page.getByRole("option").all()) {
    await option.click();
    await isQuiet(page, problems);
  }
  await page.keyboard.press("Control+Alt+h");
  await expect(page.getByText(TEXTS[0] ?? "").first()).toBeVisible();
  await isQuiet(page, problems);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Share/ }).click();
  await expect(page.getByText(TEXTS[1] ?? "").first()).toBeVisible();
  await isQuiet(page, problems);
});

test("a deck of markup in the presentation and the notes' window", async ({ page }) => {
  const deck = deckOf(TEXTS);
  const { path, problems } = await hostile(page, deck);
  for (const [index, { notes = "" }] of deck.slides.entries()) {
    await page.goto(`${path}/present?slide=${index + 1}`);
    await page.getByRole("main", { name: "Presentation" }).waitFor();
    await isQuiet(page, problems);
    await page.goto(`${path}/notes?slide=${index + 1}`);
    await expect(page.getByText(notes).first()).toBeVisible();
    await isQuiet(page, problems);
  }
});

test("a deck that another server let pass, with links that run", async ({ page }) => {
  const { path, problems } = await hostile(page, deckOfAnotherServer());
  for (const place of [ADDRESS, path, `${path}/present`, `${path}/notes`]) {
    await page.goto(place);
    // The page may also refuse to show it.
    await expect(page.getByRole("main").or(page.getByRole("alert")).first()).toBeVisible();
    await isQuiet(page, problems);
  }
});

test("an assistant that says, asks and finds markup", async ({ page }) => {
  const text = [...TEXTS, ...LINKS.map((link) => `[go](${link})`), "https://example.com/"].join(
    " ",
  );
  const { problems, assistant } = await hostile(page, deckOf(TEXTS));
  assistant.words = text;
  assistant.state.spaces = TEXTS.map((title, index) => ({
    id: `${index}`,
    title,
    description: title,
  }));
  await page.goto(ADDRESS);
  await expect(page.getByRole("button", { name: TEXTS[0] ?? "" }).first()).toBeVisible();
  await isQuiet(page, problems);

  await page.getByRole("textbox", { name: /^What should the deck tell/ }).fill(text);
  await page.getByRole("switch", { name: "Review the outline first" }).check();
  await page.getByRole("button", { name: "Create deck" }).click();
  const conversation = page.getByRole("region", { name: "Conversation" });
  await conversation
    .getByText(TEXTS[0] ?? "")
    .first()
    .waitFor();
  assistant.step(2);
  assistant.tell("query", { space: text, question: text, state: "asked" });
  assistant.tell("notice", { text });
  assistant.tell("source", {
    ...{ id: "evil", name: "S9", label: text, space: text, question: text, row_count: 1 },
    columns: [{ name: text, kind: "text" }],
  });
  assistant.run();
  const session = assistant.turns.at(-1)?.session_id ?? "";
  assistant.sources.set(session, [
    ...(assistant.sources.get(session) ?? []),
    {
      ...{ id: "evil", name: "S9", label: text, space: text, question: text, row_count: 1 },
      ...{ columns: [{ name: text, kind: "text" }], truncated: false, created_at: "" },
      ...{ sql: text, rows: [[text]] },
    },
  ]);
  assistant.turns.at(-1)?.sources.push("evil");
  await expect(page.getByRole("button", { name: /^Write 6/ })).toBeVisible();
  await isQuiet(page, problems);
  await page.getByRole("textbox", { name: "Title of slide 1" }).fill(text);
  await isQuiet(page, problems);

  await page.reload();
  await page
    .getByRole("button", { name: TEXTS[0] ?? "" })
    .last()
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Query", { exact: true }).click();
  await expect(dialog.getByRole("cell", { name: TEXTS[0] ?? "" })).toBeVisible();
  await isQuiet(page, problems);
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: /^Write 6/ }).click();
  await expect(page.getByRole("button", { name: "Stop" })).toBeVisible();
  assistant.step(3);
  assistant.fail("not_usable", text);
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
  await expect(conversation.getByRole("link").first()).toHaveText("https://example.com/");
  await isQuiet(page, problems);
});
