/** From the start page to a shared and presented deck and back, with the keyboard alone. */
import { expect, test } from "@playwright/test";
import { ADDRESS, MOCK_DIST, serveBuiltPage } from "./builtPage.ts";
import { buildMockPage, expectFocusIsSeen, tabTo } from "./looks.ts";

test.beforeAll(buildMockPage);

test("a deck is created, edited, shared, saved, presented and deleted with the keyboard alone", async ({
  page,
}) => {
  const { sessions } = await serveBuiltPage(page, {}, MOCK_DIST);
  const { keyboard } = page;
  await page.goto(ADDRESS);
  await page.getByRole("link", { name: "How Tellr works" }).waitFor();
  await tabTo(page.getByRole("button", { name: /^New deck/ }));
  await keyboard.press("Enter");

  const stage = page.getByRole("main", { name: "Slide" });
  const title = stage.getByRole("button", { name: /^Title/ });
  await title.waitFor();
  await tabTo(title);
  await keyboard.press("Enter");
  await keyboard.press("Control+a");
  await keyboard.type("Revenue grew 18 %");
  await keyboard.press("Enter");
  await expect(title).toBeFocused();
  await expectFocusIsSeen(page);
  await keyboard.press("Control+m");
  await expect(page.getByRole("option")).toHaveCount(2);
  await expect(page.getByText("Saved", { exact: true })).toBeAttached();
  const made = sessions.sessions.at(-1);
  expect(JSON.stringify(made?.deck)).toContain("Revenue grew 18 %");

  await keyboard.press("Control+k");
  await keyboard.type("share");
  await keyboard.press("Enter");
  await expect(page.getByLabel("Add people and groups")).toBeFocused();
  await keyboard.type("grace");
  await tabTo(page.getByRole("button", { name: "Share with Grace Hopper" }));
  await keyboard.press("Enter");
  const access = page.getByRole("combobox", { name: "Access of Grace Hopper" });
  await access.waitFor();
  await tabTo(access);
  await keyboard.press("ArrowDown");
  await expect.poll(() => made?.shares[0]?.access).toBe("edit");
  await keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await keyboard.press("Control+Alt+h");
  await expect(page.getByRole("textbox", { name: "Name of the save point" })).toBeFocused();
  await keyboard.type("First draft");
  await keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /^First draft/ })).toBeVisible();
  await keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await keyboard.press("Control+Enter");
  const presentation = page.getByRole("main", { name: "Presentation" });
  await expect(presentation).toBeFocused();
  await keyboard.press("Home");
  await expect(presentation).toContainText("Revenue grew 18 %");
  await tabTo(page.getByRole("button", { name: "Next slide" }));
  await expectFocusIsSeen(page);
  await keyboard.press("Escape");
  await stage.waitFor();
  // The editor has the deck as it is now, and goes on from there.
  await expect(page.getByRole("option")).toHaveCount(2);
  await keyboard.press("Control+m");
  await expect(page.getByText("Saved", { exact: true })).toBeAttached();
  await expect.poll(() => made?.deck.slides.length).toBe(3);

  await tabTo(page.getByRole("link", { name: "All decks" }));
  await keyboard.press("Enter");
  const actions = page.getByRole("button", { name: "Actions for Untitled deck" });
  await actions.waitFor();
  await tabTo(actions);
  await keyboard.press("Enter");
  await keyboard.press("End");
  await expect(page.getByRole("menuitem", { name: "Delete" })).toBeFocused();
  await keyboard.press("Enter");
  await tabTo(page.getByRole("button", { name: "Delete deck" }));
  await keyboard.press("Enter");
  await expect(actions).toHaveCount(0);
  expect(sessions.sessions).not.toContain(made);
  await expect(page.getByRole("heading", { name: "Your decks" })).toBeFocused();
});

test("what has the focus is seen wherever Tab leads", async ({ page }) => {
  await serveBuiltPage(page, {}, MOCK_DIST);
  // What has the focus is scrolled to at once.
  await page.emulateMedia({ reducedMotion: "reduce" });
  for (const [path, last] of [
    ["/", page.getByRole("button", { name: "Actions for Plan for the data platform" })],
    ["/settings", page.getByRole("button", { name: "Actions for Evening" })],
    ["/decks/00000000-0000-4000-8000-000000000003", page.getByRole("tab", { name: "Content" })],
  ] as const) {
    await page.goto(`${ADDRESS}${path}`);
    await last.waitFor();
    await tabTo(last, () => expectFocusIsSeen(page));
  }
});
