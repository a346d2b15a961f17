/** Decks: start page, editor, presentation, with a mock of the server and a plain engine. */
import { expect, type Page, test } from "@playwright/test";
import { down } from "../../frontend/mock/fixtures.ts";
import { MockSessions } from "../../frontend/mock/sessions.ts";
import { ADDRESS, DOT, MOCK_DIST, serveBuiltPage } from "./builtPage.ts";
import { buildMockPage, type State, testLooks } from "./looks.ts";

const SAMPLE = "/decks/00000000-0000-4000-8000-000000000003";
const UNAVAILABLE = {
  status: 503,
  body: { error: { code: "database_unavailable", message: "The database can't be reached." } },
};
const CONFLICT = {
  status: 409,
  body: {
    error: { code: "version_conflict", message: "The deck was changed.", version: 2 },
  },
};

test.beforeAll(buildMockPage);

const stage = (page: Page) => page.getByRole("main", { name: "Slide" });
const slide = (page: Page, name: RegExp) => page.getByRole("option", { name });
const block = (page: Page, name: RegExp) => stage(page).getByRole("button", { name });

const STATES: Record<string, State> = {
  start: { path: "/", shows: (page) => page.getByRole("link", { name: "How Tellr works" }) },
  empty: {
    path: "/",
    sessions: () => new MockSessions({ empty: true }),
    shows: (page) => page.getByText("You have no decks yet"),
  },
  "not-found": {
    path: "/",
    ready: (page) => page.getByRole("link", { name: "How Tellr works" }),
    act: (page) => page.getByRole("searchbox").fill("nowhere"),
    shows: (page) => page.getByText("No deck contains “nowhere”."),
  },
  outage: {
    path: "/",
    answers: {
      "/api/sessions": UNAVAILABLE,
      "/api/ready": { status: 503, body: down },
    },
    shows: (page) => page.getByText("The database can’t be reached"),
  },
  "no-deck": {
    path: "/decks/none",
    answers: {
      "/api/sessions/none": {
        status: 404,
        body: { error: { code: "not_found", message: "There is no such deck." } },
      },
    },
    shows: (page) => page.getByText("The deck can’t be opened"),
  },
  "card-menu": {
    path: "/",
    ready: (page) => page.getByRole("link", { name: "How Tellr works" }),
    act: (page) => page.getByRole("button", { name: "Actions for How Tellr works" }).click(),
    shows: (page) => page.getByRole("menuitem", { name: "Duplicate" }),
  },
  "delete-deck": {
    path: "/",
    ready: (page) => page.getByRole("link", { name: "How Tellr works" }),
    act: async (page) => {
      await page.getByRole("button", { name: "Actions for How Tellr works" }).click();
      await page.getByRole("menuitem", { name: "Delete" }).click();
    },
    shows: (page) => page.getByRole("button", { name: "Delete deck" }),
  },
  editor: { path: SAMPLE, shows: stage },
  chart: {
    path: SAMPLE,
    ready: stage,
    act: async (page) => {
      await slide(page, /Slide 3/).click();
      await block(page, /^Chart/).click();
    },
    shows: (page) => block(page, /^Chart/),
  },
  editing: {
    path: SAMPLE,
    ready: stage,
    act: async (page) => {
      await slide(page, /Slide 2/).click();
      await block(page, /^Bulleted/).dblclick();
    },
    shows: (page) => page.getByRole("textbox", { name: /^Bulleted list, item/ }),
  },
  palette: {
    path: SAMPLE,
    ready: stage,
    act: (page) => page.keyboard.press("Control+k"),
    shows: (page) => page.getByRole("combobox", { name: "Search commands" }),
  },
  keys: {
    path: SAMPLE,
    ready: stage,
    act: (page) => page.keyboard.press("Control+/"),
    shows: (page) => page.getByRole("heading", { name: "Keyboard shortcuts" }),
  },
  share: {
    path: SAMPLE,
    ready: stage,
    act: async (page) => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("share");
      await page.keyboard.press("Enter");
      await page.getByPlaceholder("Name or e-mail").fill("a");
      await page.getByRole("button", { name: "Share with Grace Hopper" }).click();
      await page.getByRole("combobox", { name: "Access of Grace Hopper" }).waitFor();
      await page.getByPlaceholder("Name or e-mail").fill("a");
    },
    shows: (page) => page.getByRole("button", { name: "Share with Alan Turing" }),
  },
  themes: {
    path: SAMPLE,
    ready: stage,
    act: (page) => page.keyboard.press("Control+Alt+t"),
    shows: (page) => page.getByRole("heading", { name: "Theme" }),
  },
  insert: {
    path: SAMPLE,
    ready: stage,
    act: (page) => page.getByRole("button", { name: "Insert" }).click(),
    shows: (page) => page.getByRole("menuitem", { name: "Chart" }),
  },
  presence: {
    path: SAMPLE,
    sessions: () => {
      const sessions = new MockSessions();
      const names = ["Grace Hopper", "Alan Turing", "Katherine Johnson", "Annie Easley"];
      for (const session of sessions.sessions) {
        session.people = names.map((name, index) => ({
          id: String(index),
          name,
          slide_id: `s${index + 1}`,
        }));
      }
      return sessions;
    },
    shows: (page) => slide(page, /Grace Hopper here/),
  },
  conflict: {
    path: SAMPLE,
    ready: stage,
    act: async (page) => {
      await block(page, /^Title/).dblclick();
      await page.keyboard.type("!");
    },
    answers: { [`/api/sessions/${SAMPLE.slice(7)}/patches`]: CONFLICT },
    shows: (page) => page.getByRole("button", { name: "Load and keep my changes" }),
  },
  history: {
    path: SAMPLE,
    ready: stage,
    act: (page) => page.keyboard.press("Control+Alt+h"),
    shows: (page) => page.getByRole("button", { name: "Restore this version" }),
  },
  "new-slide": {
    path: SAMPLE,
    ready: stage,
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

testLooks("decks", STATES);

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

test("other people are shown, and who changed the deck", async ({ page }) => {
  const { sessions, sample } = await open(page);
  await expect(page.getByRole("list", { name: "Also in this deck" })).toHaveCount(0);
  sample.people = [{ id: "1002", name: "Grace Hopper", slide_id: "s3" }];
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(page.getByRole("list", { name: "Also in this deck" })).toHaveText(/Grace Hopper/);
  await expect(slide(page, /^Slide 3: .*, Grace Hopper here$/)).toBeVisible();

  sessions.changeElsewhere(sample.id, [{ op: "set_title", title: "Grace's title" }]);
  sample.people = [];
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await expect(page.getByRole("alert")).toContainText("changed by Grace Hopper");
  await expect(page.getByRole("list", { name: "Also in this deck" })).toHaveCount(0);
  await page.getByRole("button", { name: "Load", exact: true }).click();
  await expect(page.getByRole("textbox", { name: "Title of the deck" })).toHaveValue(
    "Grace's title",
  );
});

test("an image is replaced, and keeps its place, alternative text and caption", async ({
  page,
}) => {
  const { sample } = await open(page);
  const file = { name: "dot.png", mimeType: "image/png", buffer: DOT };
  const choose = async (button: () => Promise<void>) => {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), button()]);
    await chooser.setFiles(file);
  };
  await slide(page, /Slide 2/).click();
  await page.getByRole("button", { name: "Insert" }).click();
  await choose(() => page.getByRole("menuitem", { name: "Image" }).click());
  await page.getByLabel("Alternative text").fill("A dot");
  await page.getByLabel("Caption").fill("Small");
  const images = () => sample.deck.slides[1]?.blocks.filter(({ type }) => type === "image");
  const before = { type: "image", image: "image-1", alt: "A dot", caption: "Small" };
  await expect.poll(images).toMatchObject([before]);
  const place = sample.deck.slides[1]?.blocks.map(({ id }) => id);

  await choose(() => page.getByRole("button", { name: "Replace image" }).click());
  await expect.poll(images).toMatchObject([{ ...before, image: "image-2" }]);
  expect(sample.deck.slides[1]?.blocks.map(({ id }) => id)).toEqual(place);
  await page.keyboard.press("Control+z");
  await expect.poll(images).toMatchObject([before]);
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
