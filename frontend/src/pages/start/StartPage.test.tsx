import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { MemoryRouter, Route, Routes } from "react-router";
import { describe, expect, it } from "vitest";
import { down } from "../../../mock/fixtures.ts";
import { MockSessions } from "../../../mock/sessions.ts";
import { createQueryClient } from "../../api/queries";
import { serve } from "../../testing/server";
import { ago } from "./ago";
import { FrontPage } from "./FrontPage";

function open(answers: Parameters<typeof serve>[0] = {}, sessions = new MockSessions()) {
  serve(answers, sessions);
  render(
    <QueryClientProvider client={createQueryClient()}>
      <MemoryRouter>
        <Routes>
          <Route index element={<FrontPage />} />
          <Route path="decks/:id" element={<p>The editor</p>} />
        </Routes>
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return { sessions, user: userEvent.setup({ delay: null }) };
}

async function choose(user: ReturnType<typeof userEvent.setup>, deck: string, item: string) {
  await user.click(await screen.findByRole("button", { name: `Actions for ${deck}` }));
  await user.click(await screen.findByRole("menuitem", { name: item }));
}

describe("the start page", () => {
  it("lists the decks, the last edited first, with what is shared by others", async () => {
    open();
    const links = await screen.findAllByRole("link");
    expect(links.map(({ textContent }) => textContent)).toEqual([
      "How Tellr works",
      "Quarterly business review",
      "Plan for the data platform",
    ]);
    expect(screen.getByText(/Grace Hopper · 4 slides/)).toBeVisible();
  });

  it("makes a deck and opens it", async () => {
    const { user, sessions } = open();
    await user.click(await screen.findByRole("button", { name: /New deck/ }));
    expect(await screen.findByText("The editor")).toBeVisible();
    expect(sessions.sessions).toHaveLength(4);
  });

  it("says what to do when there are no decks", async () => {
    open({}, new MockSessions({ empty: true }));
    expect(await screen.findByText(/You have no decks yet/)).toBeVisible();
    expect(screen.getByRole("button", { name: /Sample deck/ })).toBeEnabled();
  });

  it("searches, and says when nothing is found", async () => {
    const { user } = open();
    await screen.findByText("How Tellr works");
    await user.type(screen.getByRole("searchbox"), "three teams");
    expect(await screen.findByRole("link", { name: "Plan for the data platform" })).toBeVisible();
    expect(screen.queryByText("How Tellr works")).not.toBeInTheDocument();
    await user.type(screen.getByRole("searchbox"), " nowhere");
    expect(await screen.findByText(/No deck contains/)).toBeVisible();
  });

  it("deletes a deck only after asking", async () => {
    const { user, sessions } = open();
    await choose(user, "How Tellr works", "Delete");
    const dialog = within(await screen.findByRole("dialog", { hidden: true }));
    expect(dialog.getByText(/can’t be undone/)).toBeInTheDocument();
    expect(sessions.sessions).toHaveLength(3);
    await user.click(dialog.getByRole("button", { name: "Delete deck", hidden: true }));
    await screen.findByText("Quarterly business review");
    expect(sessions.sessions).toHaveLength(2);
  });

  it("doesn't offer to delete another person's deck", async () => {
    const { user } = open();
    await user.click(
      await screen.findByRole("button", { name: "Actions for Quarterly business review" }),
    );
    expect(await screen.findByRole("menuitem", { name: "Delete" })).toHaveAttribute(
      "data-disabled",
    );
  });

  it("names the place in a file that isn't a deck", async () => {
    const { user } = open();
    const input = await screen.findByLabelText("Deck file");
    await user.upload(input, new File(["{]"], "notes.json", { type: "application/json" }));
    expect(await screen.findByText(/“notes.json” isn’t JSON/)).toBeVisible();
    const old = new File(['{"format":99}'], "deck.json", { type: "application/json" });
    await user.upload(input, old);
    expect(await screen.findByText(/this format can't be read/)).toBeVisible();
  });

  it("says when the database is down, and keeps the ways to a deck", async () => {
    const unavailable = { code: "database_unavailable", message: "No connection." };
    open({
      "/api/sessions?limit=50": { status: 503, body: { error: unavailable } },
      "/api/ready": { status: 503, body: down },
    });
    expect(await screen.findByText(/Your decks can’t be read now: No connection/)).toBeVisible();
    expect(screen.getByText("The database can’t be reached")).toBeVisible();
  });

  it("is the status page where the server knows no decks", async () => {
    const unknown = { code: "not_found", message: "There is no such route." };
    open({ "/api/sessions?limit=50": { status: 404, body: { error: unknown } } });
    expect(await screen.findByRole("heading", { level: 1, name: /Welcome/ })).toBeVisible();
    expect(screen.queryByRole("button", { name: /New deck/ })).not.toBeInTheDocument();
  });
});

describe("how long ago", () => {
  it("is said in the largest unit", () => {
    const now = Date.parse("2026-11-28T12:00:00Z");
    expect(ago("2026-11-28T11:59:40Z", now)).toBe("just now");
    expect(ago("2026-11-28T09:30:00Z", now)).toBe("2 hours ago");
    expect(ago("2026-11-27T11:00:00Z", now)).toBe("yesterday");
    expect(ago("2025-09-01T00:00:00Z", now)).toBe("last year");
  });
});
