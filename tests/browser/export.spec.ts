/** Exports: files, Google Slides, a slide as a picture, and decks from files, with a mock of the server. */
import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { MockExports } from "../../frontend/mock/exports.ts";
import { MockGoogle } from "../../frontend/mock/google.ts";
import { MockSessions } from "../../frontend/mock/sessions.ts";
import { ADDRESS, MOCK_DIST, serveBuiltPage } from "./builtPage.ts";
import {
  buildMockPage,
  expectAccessible,
  expectFocusIsSeen,
  type State,
  tabTo,
  testLooks,
} from "./looks.ts";

const SAMPLE = "/decks/00000000-0000-4000-8000-000000000003";
const HOSTILE = `<img src=x onerror=alert(1)>/../"\u202efdp.exe" ${"very long ".repeat(20)}`;

test.beforeAll(buildMockPage);

const stage = (page: Page) => page.getByRole("main", { name: "Slide" });
const dialog = (page: Page) => page.getByRole("dialog", { name: "Export" });
const row = (page: Page, name: string) =>
  dialog(page)
    .getByRole("listitem")
    .filter({ has: page.getByRole("heading", { name }) });
const button = (page: Page, name: string) => dialog(page).getByRole("button", { name });

/** Opens the dialog with the keys, which work on every width. */
async function openDialog(page: Page) {
  await page.keyboard.press("Control+Shift+e");
  await button(page, "Export PowerPoint").or(button(page, "Exporting… PowerPoint")).waitFor();
}

const withGoogle =
  (start: ConstructorParameters<typeof MockGoogle>[0]) => (sessions: MockSessions) =>
    new MockExports(sessions, new MockGoogle(start));

const EDITOR: Pick<State, "path" | "ready"> = { path: SAMPLE, ready: stage };

/** Asks for an export, until the server has the request. */
async function start(page: Page, exports: MockExports, name: string) {
  const before = exports.requests.length;
  await button(page, name).click();
  await expect.poll(() => exports.requests.length).toBe(before + 1);
}

testLooks("export", {
  dialog: { ...EDITOR, act: openDialog, shows: (page) => button(page, "Send to Google Slides") },
  several: {
    ...EDITOR,
    act: async (page, _, exports) => {
      await openDialog(page);
      await start(page, exports, "Export Web page");
      exports.run();
      await button(page, "Download again Web page").waitFor();
      exports.sweep();
      await button(page, "Download again Web page").click();
      exports.failure =
        "The images of this deck have 212 MB together, and a file can have 100 MB of them. Use smaller images, or export the deck in two parts";
      await start(page, exports, "Export PDF");
      exports.run();
      await start(page, exports, "Send to Google Slides");
      exports.google.isConnected = false;
      exports.run();
      await start(page, exports, "Export Tellr deck");
      await button(page, "Cancel Tellr deck").click();
      await dialog(page).getByText("Cancelled", { exact: true }).waitFor();
      await start(page, exports, "Export PowerPoint");
      exports.step(4);
      await button(page, "Connect again").waitFor();
      await row(page, "PDF").getByRole("alert").waitFor();
    },
    answers: { "/api/unused": { status: 404, body: {} } },
    shows: (page) => dialog(page).getByText("Slide 4 of 7"),
  },
  ended: {
    ...EDITOR,
    sessions: () => {
      const sessions = new MockSessions();
      for (const { deck } of sessions.sessions) deck.title = HOSTILE;
      return sessions;
    },
    act: async (page, _, exports) => {
      await openDialog(page);
      await start(page, exports, "Export PowerPoint");
      await start(page, exports, "Export PDF");
      await start(page, exports, "Send to Google Slides");
      exports.run();
      await button(page, "Download again PowerPoint").waitFor();
      await button(page, "Download again PDF").waitFor();
    },
    shows: (page) => dialog(page).getByRole("link", { name: "Open in Google Slides" }),
  },
  changed: {
    ...EDITOR,
    act: async (page, _, exports) => {
      await openDialog(page);
      await start(page, exports, "Export PowerPoint");
      exports.run();
      await button(page, "Download again PowerPoint").waitFor();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+m");
      await openDialog(page);
    },
    shows: (page) => dialog(page).getByText("The deck has changed since."),
  },
  note: {
    ...EDITOR,
    act: async (page, _, exports) => {
      await openDialog(page);
      await start(page, exports, "Export PowerPoint");
      await page.keyboard.press("Escape");
    },
    shows: (page) => page.getByRole("button", { name: "Exporting PowerPoint…" }),
  },
  "google-set-up": {
    ...EDITOR,
    exports: withGoogle({ isConfigured: false, isConnected: false, isAdmin: true }),
    act: openDialog,
    shows: (page) => dialog(page).getByRole("link", { name: "Settings" }),
  },
  "google-ask": {
    ...EDITOR,
    exports: withGoogle({ isConfigured: false, isConnected: false }),
    act: openDialog,
    shows: (page) => dialog(page).getByText("Ask a workspace administrator"),
  },
  "google-connecting": {
    ...EDITOR,
    exports: withGoogle({ isConnected: false }),
    act: async (page) => {
      await serveGoogle(page);
      await openDialog(page);
      await button(page, "Connect to Google").click();
    },
    shows: (page) => dialog(page).getByText("Continue in the tab that opened."),
  },
  card: {
    path: "/",
    ready: (page) => page.getByRole("link", { name: "How Tellr works" }),
    act: async (page, _, exports) => {
      await page.getByRole("button", { name: "Actions for How Tellr works" }).click();
      await page.getByRole("menuitem", { name: "Export" }).click();
      await start(page, exports, "Export PowerPoint");
      await page.keyboard.press("Escape");
    },
    shows: (page) => page.getByRole("button", { name: "Exporting PowerPoint…" }),
  },
  "not-imported": {
    path: "/",
    ready: (page) => page.getByRole("button", { name: /Import/ }),
    act: (page) => importFile(page, "review.pptx", "PK\u0003\u0004"),
    shows: (page) => page.getByText("“review.pptx” isn’t a deck of Tellr."),
  },
});

const SETTINGS: Pick<State, "path" | "ready" | "act"> = {
  path: "/settings#google-title",
  ready: (page) => section(page).getByRole("heading", { name: "Your account" }),
  act: (page) => section(page).scrollIntoViewIfNeeded(),
};
const section = (page: Page) => page.getByRole("region", { name: "Google Slides" });
const clientFile = (page: Page) => section(page).getByLabel("OAuth client file");
const CLIENT = JSON.stringify({ web: { client_id: "1.apps.googleusercontent.com" } });
const json = (name: string, text: string) => ({
  name,
  mimeType: "application/json",
  buffer: Buffer.from(text),
});

testLooks("google-settings", {
  connected: { ...SETTINGS, shows: (page) => section(page).getByText("ada@example.com") },
  refused: {
    ...SETTINGS,
    exports: withGoogle({ isConfigured: false, isConnected: false, isAdmin: true }),
    act: (page) => clientFile(page).setInputFiles(json("desktop.json", '{"installed":{}}')),
    shows: (page) => section(page).getByText("This client is for a desktop app."),
  },
  admin: {
    ...SETTINGS,
    exports: withGoogle({ isAdmin: true }),
    shows: (page) => section(page).getByRole("button", { name: "Remove the OAuth client" }),
  },
  remove: {
    ...SETTINGS,
    exports: withGoogle({ isAdmin: true }),
    act: (page) => section(page).getByRole("button", { name: "Remove the OAuth client" }).click(),
    shows: (page) => page.getByRole("heading", { name: "Remove the OAuth client?" }),
  },
});

/** Google's page. */
async function serveGoogle(page: Page) {
  await page
    .context()
    .route("https://accounts.google.com/**", (route) =>
      route.fulfill({ contentType: "text/html", body: "<title>Google</title>Allow?" }),
    );
}

async function importFile(page: Page, name: string, text: string) {
  await page.getByLabel("Deck file").setInputFiles(json(name, text));
}

async function open(page: Page, make: (sessions: MockSessions) => MockExports = withGoogle({})) {
  const sessions = new MockSessions();
  const exports = make(sessions);
  await serveBuiltPage(page, {}, MOCK_DIST, sessions, undefined, undefined, exports);
  const sample = sessions.sessions.find(({ id }) => SAMPLE.endsWith(id));
  if (!sample) throw new Error("there is no sample deck");
  await page.goto(`${ADDRESS}${SAMPLE}`);
  await stage(page).waitFor();
  return { sessions, exports, sample };
}

/** Goes on with what was asked for, as soon as it was. */
async function finish(exports: MockExports, requests = 1) {
  await expect.poll(() => exports.requests.length).toBe(requests);
  exports.run();
}

test("a deck is exported with the keyboard alone, with its last change, and again at once", async ({
  page,
}) => {
  const { exports, sample } = await open(page);
  await page.getByRole("textbox", { name: "Title of the deck" }).fill("Quarterly review");
  await tabTo(page.getByRole("button", { name: "Export", exact: true }));
  await page.keyboard.press("Enter");
  await expect(button(page, "Export PowerPoint")).toBeFocused();
  await expectFocusIsSeen(page);
  const download = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  await expect.poll(() => exports.requests).toEqual([{ format: "pptx", lines: "editable" }]);
  expect(sample.deck.title).toBe("Quarterly review");
  exports.step(4);
  await expect(dialog(page).getByText("Slide 4 of 7")).toBeVisible();
  const progress = dialog(page).getByRole("progressbar", { name: "Export as PowerPoint" });
  await expect(progress).toHaveAttribute("aria-valuetext", "Slide 4 of 7");
  await expect(dialog(page).getByRole("status").last()).toHaveText("PowerPoint: 25 %");
  exports.run();
  const file = await download;
  expect(file.suggestedFilename()).toBe("Quarterly review.pptx");
  await expect(row(page, "PowerPoint")).toContainText("Quarterly review.pptx");
  await expect(row(page, "PowerPoint")).toContainText(/214 KB · available until tomorrow/);

  // The same file once more: nothing is written again.
  await expect(button(page, "Download again PowerPoint")).toBeFocused();
  const again = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  await again;
  expect(exports.requests).toHaveLength(1);
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Export", exact: true })).toBeFocused();

  // Another page load asks the server, which has it already.
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  await stage(page).waitFor();
  await openDialog(page);
  const known = page.waitForEvent("download");
  await button(page, "Export PowerPoint").click();
  await known;
});

test("each format is asked for with its options", async ({ page }) => {
  const { exports } = await open(page);
  await openDialog(page);
  await dialog(page)
    .getByRole("radio", { name: /Keep every line break/ })
    .check();
  await button(page, "Export PowerPoint").click();
  await dialog(page).getByRole("checkbox", { name: "With speaker notes" }).check();
  await button(page, "Export PDF").click();
  await button(page, "Export Web page").click();
  await button(page, "Export Tellr deck").click();
  await expect
    .poll(() => exports.requests)
    .toEqual([
      { format: "pptx", lines: "exact" },
      { format: "pdf", notes: true },
      { format: "html" },
      { format: "json" },
    ]);
  exports.run();
  await expect(button(page, "Download again Tellr deck")).toBeVisible();
  // Another option is another file.
  await dialog(page).getByRole("checkbox", { name: "With speaker notes" }).uncheck();
  await expect(button(page, "Export PDF")).toBeVisible();
});

test("a double click starts one export, and cancels none", async ({ page }) => {
  const { exports } = await open(page);
  await openDialog(page);
  const download = page.waitForEvent("download");
  await button(page, "Export PDF").dblclick();
  await finish(exports);
  await download;
  expect(exports.requests).toHaveLength(1);
});

test("an export is cancelled, the focus stays in its row, and it can be started again", async ({
  page,
}) => {
  const { exports } = await open(page);
  await openDialog(page);
  await start(page, exports, "Export PDF");
  exports.step(2);
  await button(page, "Cancel PDF").focus();
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByText("Cancelling…", { exact: true })).toBeVisible();
  exports.run();
  await expect(row(page, "PDF").getByText("Cancelled")).toBeVisible();
  await expect(button(page, "Export PDF")).toBeFocused();
  const download = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  await finish(exports, 2);
  await download;
});

test("what fails is said in its words, and tried again", async ({ page }) => {
  const { exports } = await open(page);
  exports.failure = "The images of this deck have 212 MB together. Use smaller images";
  await openDialog(page);
  await button(page, "Export PDF").click();
  await finish(exports);
  await expect(row(page, "PDF").getByRole("alert")).toContainText("Use smaller images");
  const download = page.waitForEvent("download");
  await button(page, "Try again PDF").click();
  await finish(exports, 2);
  await download;
  await expect(row(page, "PDF").getByRole("alert")).toHaveCount(0);
});

test("without a connection the deck isn't exported with changes missing", async ({ page }) => {
  const { exports, sample } = await open(page);
  const patches = "**/api/sessions/*/patches";
  await page.route(patches, (route) => route.abort());
  await page.getByRole("textbox", { name: "Title of the deck" }).fill("Newer");
  await openDialog(page);
  await button(page, "Export PDF").click();
  await expect(row(page, "PDF").getByRole("alert")).toContainText("your last changes aren’t saved");
  expect(exports.requests).toEqual([]);
  await page.unroute(patches);
  const download = page.waitForEvent("download");
  await button(page, "Try again PDF").click();
  await finish(exports);
  expect((await download).suggestedFilename()).toBe("Newer.pdf");
  expect(sample.deck.title).toBe("Newer");
});

test("a file that was swept says so, and is exported again", async ({ page }) => {
  const { exports } = await open(page);
  await openDialog(page);
  await button(page, "Export Web page").click();
  await finish(exports);
  await button(page, "Download again Web page").waitFor();
  exports.sweep();
  await button(page, "Download again Web page").click();
  await expect(row(page, "Web page")).toContainText("The file isn’t kept any more.");
  const download = page.waitForEvent("download");
  await button(page, "Export Web page").click();
  await finish(exports, 2);
  await download;
});

test("an export outlives its dialog, the editor and the page", async ({ page }) => {
  const { exports } = await open(page);
  await openDialog(page);
  await start(page, exports, "Export PowerPoint");
  exports.step(3);
  await page.keyboard.press("Escape");
  const note = page.getByRole("button", { name: "Exporting PowerPoint…" });
  await note.click();
  await expect(dialog(page).getByText("Slide 3 of 7")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(note).toBeFocused();
  await page.getByRole("link", { name: "All decks" }).click();
  await expect(note).toBeVisible();
  await page.reload();
  const download = page.waitForEvent("download");
  exports.run();
  await download;
  const downloaded = page.getByRole("button", { name: "PowerPoint downloaded" });
  await downloaded.focus();
  await page.keyboard.press("Enter");
  await expect(button(page, "Download again PowerPoint")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(downloaded).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Actions for How Tellr works" })).toBeFocused();
});

test("a hostile title is only ever a text", async ({ page }) => {
  const { exports, sample } = await open(page);
  await page.getByRole("textbox", { name: "Title of the deck" }).fill(HOSTILE);
  await openDialog(page);
  const download = page.waitForEvent("download");
  await button(page, "Export PDF").click();
  await finish(exports);
  expect((await download).suggestedFilename()).not.toMatch(/[/\\<>"]/);
  await expect(button(page, "Download again PDF")).toBeVisible();
  await expect(dialog(page).locator("img")).toHaveCount(0);
  expect(sample.deck.title.length).toBeGreaterThan(200);
  await expectAccessible(page);
});

test("Google is connected in another tab, and the page goes on", async ({ page }) => {
  const { exports } = await open(page, withGoogle({ isConnected: false }));
  await serveGoogle(page);
  await openDialog(page);
  const opening = page.waitForEvent("popup");
  await button(page, "Connect to Google").click();
  const tab = await opening;
  await expect(tab).toHaveURL(/^https:\/\/accounts\.google\.com\//);
  expect(await tab.evaluate(() => window.opener)).toBeNull();
  await expect(dialog(page).getByText("Continue in the tab that opened.")).toBeVisible();
  exports.google.isConnected = true;
  await tab.close();
  await button(page, "Send to Google Slides").click();
  await finish(exports);
  const link = dialog(page).getByRole("link", { name: "Open in Google Slides" });
  await expect(link).toHaveAttribute("href", /^https:\/\/docs\.google\.com\/presentation\//);
  await expect(link).toHaveAttribute("rel", "noopener noreferrer");
  const address = await link.getAttribute("href");
  await button(page, "Send again to Google Slides").click();
  await finish(exports, 2);
  await expect(link).toHaveAttribute("href", address ?? "");
});

test("an export waits for Google, and goes on by itself once it is connected again", async ({
  page,
}) => {
  const { exports } = await open(page);
  await serveGoogle(page);
  await openDialog(page);
  await start(page, exports, "Send to Google Slides");
  exports.google.isConnected = false;
  exports.run();
  await expect(dialog(page).getByText(/doesn't accept the connection/)).toBeVisible();
  const opening = page.waitForEvent("popup");
  await button(page, "Connect again").click();
  await (await opening).close();
  exports.google.isConnected = true;
  exports.run();
  await expect(dialog(page).getByRole("link", { name: "Open in Google Slides" })).toBeVisible();
  expect(exports.requests).toHaveLength(1);
});

for (const address of [
  "https://accounts.google.com.evil.example/",
  "http://accounts.google.com/",
  "https://user@accounts.google.com/",
  "javascript:alert(1)",
]) {
  test(`no other page than Google's is opened: ${address}`, async ({ page, context }) => {
    const { exports } = await open(page, withGoogle({ isConnected: false }));
    exports.google.signIn = address;
    await openDialog(page);
    await button(page, "Connect to Google").click();
    await expect(row(page, "Google Slides").getByRole("alert")).toContainText(
      "isn’t one of Google’s",
    );
    await expect.poll(() => context.pages().length).toBe(1);
  });
}

test("a presentation is linked at Google's address only", async ({ page }) => {
  const { exports } = await open(page);
  exports.google.docs = "https://docs.google.com.evil.example/";
  await openDialog(page);
  await button(page, "Send to Google Slides").click();
  await finish(exports);
  await expect(row(page, "Google Slides")).toContainText("isn’t linked here");
  await expect(row(page, "Google Slides").getByRole("link")).toHaveCount(0);
});

test("a slide is copied as a picture of twice its size", async ({ page }) => {
  await page.addInitScript(() => {
    const taken: Promise<Blob>[] = [];
    class Item {
      constructor(items: Record<string, Promise<Blob>>) {
        const png = items["image/png"];
        if (png) taken.push(png);
      }
    }
    const clipboard = { write: () => Promise.all(taken) };
    Object.defineProperty(navigator, "clipboard", { value: clipboard });
    Object.assign(window, { ClipboardItem: Item, taken });
  });
  await open(page);
  await openDialog(page);
  await button(page, "Copy slide as picture").click();
  await expect(row(page, "This slide").getByRole("status")).toContainText("Copied.");
  const size = await page.evaluate(async () => {
    const [png] = (window as unknown as { taken: Promise<Blob>[] }).taken;
    const { width, height } = await createImageBitmap((await png) as Blob);
    return [width, height];
  });
  expect(size).toEqual([2560, 1440]);
});

test("where the clipboard refuses, the picture is downloaded", async ({ page }) => {
  await open(page);
  const png = page.waitForEvent("download");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("copy slide as");
  await page.keyboard.press("Enter");
  const picture = await png;
  expect(picture.suggestedFilename()).toBe("How Tellr works, slide 1.png");
  expect((await readFile(await picture.path())).subarray(1, 4).toString()).toBe("PNG");
  await openDialog(page);
  const svg = page.waitForEvent("download");
  await button(page, "Save slide as SVG").click();
  const drawn = await svg;
  expect(drawn.suggestedFilename()).toBe("How Tellr works, slide 1.svg");
  expect(await readFile(await drawn.path(), "utf8")).toContain("<svg");
});

test("a deck is imported bare, or from its file with images; refusals are named", async ({
  page,
}) => {
  const { sessions } = await serveBuiltPage(page, {}, MOCK_DIST);
  const deck = { ...sessions.sessions[0]?.deck, title: "Brought along" };
  const asked: unknown[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/api/sessions")) {
      asked.push(request.postDataJSON());
    }
  });
  const refusals: [string, string, RegExp][] = [
    ["slides.pptx", "PK\u0003\u0004", /“slides.pptx” isn’t a deck of Tellr/],
    ["notes.json", "{]", /“notes.json” isn’t JSON/],
    ["list.json", "[1]", /is JSON, but not a deck/],
    ["newer.json", '{"tellr":2,"deck":{}}', /exported by a newer Tellr/],
    ["empty.json", '{"tellr":1}', /has no deck in it/],
  ];
  await page.goto(ADDRESS);
  await page.getByRole("button", { name: /Import/ }).waitFor();
  for (const [name, text, said] of refusals) {
    await importFile(page, name, text);
    await expect(page.getByRole("alert")).toContainText(said);
  }
  expect(asked).toEqual([]);
  await importFile(page, "deck.json", JSON.stringify(deck));
  await expect(stage(page)).toBeVisible();
  await page.getByRole("link", { name: "All decks" }).click();
  // Its images are uploaded first, and the deck names them as they are kept here.
  const images = { dot: { type: "image/png", data: "iVBORw0KGgo=" } };
  const shown = { type: "image", id: "dot-block", image: "dot", alt: "A dot" };
  const slide = { id: "dot-slide", layout: "image_half", blocks: [shown] };
  const file = { tellr: 1, deck: { ...deck, slides: [slide] }, images };
  await importFile(page, "deck.tellr.json", JSON.stringify(file));
  await expect(stage(page)).toBeVisible();
  const kept = { ...slide, blocks: [{ ...shown, image: "image-1" }] };
  expect(asked).toEqual([{ deck }, { deck: { ...deck, slides: [kept] } }]);
});

test("an administrator uploads, replaces and removes the client", async ({ page }) => {
  const sessions = new MockSessions();
  const start = { isConfigured: false, isConnected: false, isAdmin: true };
  const exports = withGoogle(start)(sessions);
  await serveBuiltPage(page, {}, MOCK_DIST, sessions, undefined, undefined, exports);
  await page.goto(`${ADDRESS}/settings#google-title`);
  await expect(page.getByRole("heading", { name: "Google Slides", exact: true })).toBeFocused();
  const service = json("key.json", '{"type":"service_account"}');
  await clientFile(page).setInputFiles(service);
  await expect(section(page).getByRole("alert")).toContainText("service account");
  await clientFile(page).setInputFiles(json("empty.json", '{"web":{}}'));
  await expect(section(page).getByRole("alert")).toContainText("has no `client_id`");
  await clientFile(page).setInputFiles(json("client.json", CLIENT));
  await expect(section(page).getByText("Saved. People can connect")).toBeVisible();
  await expect(section(page).getByRole("button", { name: "Connect to Google" })).toBeVisible();

  // Dropped on it, the next one takes its place after a question.
  const dropped = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "next.json", { type: "application/json" }));
    return data;
  }, CLIENT);
  await section(page)
    .getByText("Replace it: drop it here, or")
    .dispatchEvent("drop", { dataTransfer: dropped });
  await page.getByRole("button", { name: "Replace", exact: true }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(exports.google.uploads).toHaveLength(2);

  await section(page).getByRole("button", { name: "Remove the OAuth client" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(section(page).getByText("Upload the OAuth client first.")).toBeVisible();
  expect(exports.google.isConfigured).toBe(false);
});

test("a person disconnects", async ({ page }) => {
  const { exports } = await serveBuiltPage(page, {}, MOCK_DIST);
  await page.goto(`${ADDRESS}/settings`);
  await section(page).getByRole("button", { name: "Disconnect Google" }).click();
  await page.getByRole("button", { name: "Disconnect", exact: true }).click();
  await expect(section(page).getByRole("button", { name: "Connect to Google" })).toBeVisible();
  expect(exports.google.isConnected).toBe(false);
});
