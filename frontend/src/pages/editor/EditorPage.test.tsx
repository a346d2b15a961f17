import { QueryClientProvider } from "@tanstack/react-query";
import { act, configure, render, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { MemoryRouter, Route, Routes } from "react-router";
import { describe, expect, it } from "vitest";
import { MockSessions } from "../../../mock/sessions.ts";
import { createQueryClient } from "../../api/queries";
import { serve } from "../../testing/server";
import { EditorPage } from "./EditorPage";

// Working out what is hidden takes most of a query's time on a page of this size.
configure({ defaultHidden: true });

const SAMPLE = "00000000-0000-4000-8000-000000000003";

async function open() {
  const sessions = new MockSessions();
  const sample = sessions.sessions.find(({ id }) => id === SAMPLE);
  if (!sample) throw new Error("there is no sample deck");
  serve({}, sessions);
  await act(async () => {
    render(
      <QueryClientProvider client={createQueryClient()}>
        <MemoryRouter initialEntries={[`/decks/${SAMPLE}`]}>
          <Routes>
            <Route path="decks/:id" element={<EditorPage />} />
            <Route path="decks/:id/present" element={<p>The presentation</p>} />
          </Routes>
        </MemoryRouter>
      </QueryClientProvider>,
    );
  });
  await screen.findByRole("main", { name: "Slide" });
  const saved = () => waitFor(() => expect(screen.getByText("Saved")).toBeInTheDocument());
  return { sessions, sample, saved, user: userEvent.setup({ delay: null }) };
}

const slides = () =>
  screen.getAllByRole("option").map((option) => option.getAttribute("aria-label") ?? "");
const slide = (name: RegExp) => screen.getByRole("option", { name });
const block = (name: RegExp) =>
  within(screen.getByRole("main", { name: "Slide" })).getByRole("button", { name });

describe("the editor", () => {
  it("edits a title where it stands, and saves it", async () => {
    const { user, sample, saved } = await open();
    await user.dblClick(block(/^Title: /));
    const field = screen.getByRole("textbox", { name: "Title" });
    expect(field).toHaveFocus();
    await user.clear(field);
    await user.paste("Revenue grew **18 %**");
    await user.keyboard("{Enter}");
    expect(screen.queryByRole("textbox", { name: "Title" })).not.toBeInTheDocument();
    expect(block(/^Title: Revenue grew 18 %/)).toBeInTheDocument();
    await saved();
    expect(sample.deck.slides[0]?.blocks[0]).toMatchObject({ text: "Revenue grew **18 %**" });
    expect(sample.version).toBe(2);
  });

  it("adds and indents items of a list by keys", async () => {
    const { user, sample, saved } = await open();
    await user.click(slide(/Slide 2/));
    await user.dblClick(block(/^Bulleted list/));
    await user.keyboard("{Enter}New");
    await user.keyboard("{Tab}");
    expect(screen.getByRole("textbox", { name: "Bulleted list, item 2" })).toHaveValue("New");
    await user.keyboard("{Escape}");
    await saved();
    const list = sample.deck.slides[1]?.blocks[1];
    expect(list && "items" in list && list.items[1]).toEqual({ text: "New", level: 2 });
  });

  it("goes through a table's cells with Tab and Enter, and keeps numbers as numbers", async () => {
    const { user, sample, saved } = await open();
    await user.click(slide(/Slide 5/));
    await user.dblClick(block(/^Table/));
    await user.keyboard("{Tab}{Enter}");
    const cell = screen.getByRole("textbox", { name: "Table, row 1, column 2" });
    await user.clear(cell);
    await user.paste("3,9");
    await user.keyboard("{Enter}");
    expect(screen.getByRole("textbox", { name: "Table, row 2, column 2" })).toHaveFocus();
    await user.keyboard("{Escape}");
    await saved();
    const table = sample.deck.slides[4]?.blocks[1];
    expect(table?.type === "table" && table.rows[0]?.[1]).toBe(3.9);
  });

  it("edits a chart's data in a grid", async () => {
    const { user, sample, saved } = await open();
    await user.click(slide(/Slide 3/));
    await user.click(block(/^Chart: /));
    const cell = screen.getByRole("textbox", { name: "APAC, Revenue" });
    await user.clear(cell);
    await user.type(cell, "-");
    expect(cell).toBeInvalid();
    await user.type(cell, "7");
    expect(cell).toBeValid();
    await saved();
    const chart = sample.deck.slides[2]?.blocks[1];
    expect(chart?.type === "chart" && chart.series[0]?.values).toEqual([4.2, -7, 3.9, 1.2]);
  });

  it("inserts, duplicates, moves and deletes slides by keys, and takes it all back", async () => {
    const { user, sample, saved } = await open();
    const before = slides();
    await user.click(slide(/Slide 2/));
    await user.keyboard("{Control>}m{/Control}");
    expect(slides()[2]).toContain("Say the message");
    await user.keyboard("{Control>}d{/Control}");
    expect(slides()).toHaveLength(9);
    await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
    expect(screen.getByText("Moved to place 3 of 9")).toBeInTheDocument();
    await user.keyboard("{Delete}");
    expect(slides()).toHaveLength(8);
    for (let step = 0; step < 4; step += 1) await user.keyboard("{Control>}z{/Control}");
    expect(slides()).toEqual(before);
    await saved();
    expect(sample.deck.slides.map(({ id }) => id).join()).toBe("s1,s2,s3,s4,s5,s6,s7");
  });

  it("selects several slides with Shift, and deletes them together", async () => {
    const { user } = await open();
    await user.click(slide(/Slide 2/));
    await user.keyboard("{Shift>}{ArrowDown}{ArrowDown}{/Shift}{Delete}");
    expect(slides()).toHaveLength(4);
    expect(screen.getByText("3 slides deleted")).toBeInTheDocument();
    await user.keyboard("{Control>}z{/Control}");
    expect(slides()).toHaveLength(7);
  });

  it("switches layout and theme, and shows each as what the slide becomes", async () => {
    const { user, sample, saved } = await open();
    await user.click(screen.getByRole("button", { name: "Statement" }));
    await user.click(screen.getByRole("button", { name: "Ink" }));
    await saved();
    expect(sample.deck).toMatchObject({
      theme: "ink",
      slides: [{ layout: "statement" }, {}, {}, {}, {}, {}, {}],
    });
  });

  it("keeps notes", async () => {
    const { user, sample, saved } = await open();
    await user.click(slide(/Slide 3/));
    await user.type(screen.getByRole("textbox", { name: "Speaker notes" }), "Slowly.");
    await saved();
    expect(sample.deck.slides[2]?.notes).toBe("Slowly.");
  });

  it("says that another person changed the deck, and loads it with both changes", async () => {
    const { user, sessions, sample, saved } = await open();
    sessions.changeElsewhere(SAMPLE, [{ op: "set_theme", theme: "paper" }]);
    const title = screen.getByRole("textbox", { name: "Title of the deck" });
    await user.clear(title);
    await user.type(title, "Mine");
    expect(await screen.findByText(/changed by Grace Hopper\. 1 change/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Load and keep my changes" }));
    await saved();
    expect(sample.deck).toMatchObject({ title: "Mine", theme: "paper" });
  });

  it("finds every command by typing", async () => {
    const { user } = await open();
    await user.keyboard("{Control>}k{/Control}");
    await user.type(screen.getByRole("combobox"), "theme sig{Enter}");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(screen.getByRole("combobox"), "present");
    expect(screen.getByRole("option", { name: /^Present/ })).toHaveAttribute(
      "aria-selected",
      "true",
    );
    await user.keyboard("{Enter}");
    expect(await screen.findByText("The presentation")).toBeVisible();
  });

  it("restores a save point, and keeps what was there before", async () => {
    const { user, sample, saved } = await open();
    const title = screen.getByRole("textbox", { name: "Title of the deck" });
    await user.type(title, " better");
    await saved();
    await user.click(screen.getByRole("button", { name: "History" }));
    const restore = await screen.findByRole("button", { name: "Restore this version" });
    await waitFor(() => expect(restore).toBeEnabled());
    await user.click(restore);
    await waitFor(() => expect(sample.deck.title).toBe("How Tellr works"));
    await waitFor(() => expect(title).toHaveDisplayValue("How Tellr works"));
    expect(sample.savePoints[0]?.deck.title).toBe("How Tellr works better");
  });

  it("shares with a person, and takes it back", async () => {
    const { user, sample } = await open();
    await user.click(screen.getByRole("button", { name: "Share" }));
    await user.type(screen.getByPlaceholderText("Name or e-mail"), "grace");
    await user.click(await screen.findByRole("button", { name: "Share with Grace Hopper" }));
    const access = await screen.findByRole("combobox", { name: "Access of Grace Hopper" });
    await user.selectOptions(access, "edit");
    await waitFor(() => expect(sample.shares[0]?.access).toBe("edit"));
    await user.click(await screen.findByRole("button", { name: "Remove Grace Hopper" }));
    await waitFor(() => expect(sample.shares).toEqual([]));
  });

  it("lets a viewer look and changes nothing", async () => {
    const sessions = new MockSessions();
    const sample = sessions.sessions.find(({ id }) => id === SAMPLE);
    if (sample) sample.role = "viewer";
    serve({}, sessions);
    await act(async () => {
      render(
        <QueryClientProvider client={createQueryClient()}>
          <MemoryRouter initialEntries={[`/decks/${SAMPLE}`]}>
            <Routes>
              <Route path="decks/:id" element={<EditorPage />} />
            </Routes>
          </MemoryRouter>
        </QueryClientProvider>,
      );
    });
    expect(await screen.findByText("View only")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "New slide" })).not.toBeInTheDocument();
    await userEvent.dblClick(block(/^Title: /));
    expect(screen.queryByRole("textbox", { name: "Title" })).not.toBeInTheDocument();
  });

  it("says when there is no such deck", async () => {
    serve({});
    await act(async () => {
      render(
        <QueryClientProvider client={createQueryClient()}>
          <MemoryRouter initialEntries={["/decks/none"]}>
            <Routes>
              <Route path="decks/:id" element={<EditorPage />} />
            </Routes>
          </MemoryRouter>
        </QueryClientProvider>,
      );
    });
    expect(await screen.findByText(/no such deck/)).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "All decks" })).toBeInTheDocument();
  });
});
