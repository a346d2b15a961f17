import { QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { describe, expect, it, vi } from "vitest";
import { down, prompts, ready, styles } from "../../../mock/fixtures.ts";
import { createQueryClient } from "../../api/queries";
import { serve } from "../../testing/server";
import { HomePage } from "./HomePage";

const DATABASE_ERROR = {
  status: 503,
  body: { error: { code: "database_unavailable", message: "No connection." } },
};

function open() {
  render(
    <QueryClientProvider client={createQueryClient()}>
      <MemoryRouter>
        <HomePage />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

/** Lets timers and the answers they lead to pass; nothing waits on the wall clock. */
async function pass(milliseconds: number) {
  await act(async () => {
    await vi.advanceTimersByTimeAsync(milliseconds);
  });
}

function reading(name: string) {
  const term = screen.getByText(name, { selector: "dt" });
  return within(term.parentElement ?? document.body);
}

describe("the home page", () => {
  it("greets the person and shows the system, prompts and styles", async () => {
    serve();
    open();
    expect(await screen.findByRole("heading", { level: 1, name: /Ada/ })).toBeVisible();
    expect(await screen.findByText("Connected")).toBeVisible();
    expect(reading("Database").getByText("Lakebase autoscaling, PostgreSQL 17.4")).toBeVisible();
    expect(reading("Schema").getByText("app_data")).toBeVisible();
    expect(reading("Tellr").getByText("0.1.0")).toBeVisible();
    for (const { name } of [...prompts, ...styles]) {
      expect(screen.getByRole("heading", { level: 3, name })).toBeVisible();
    }
  });

  it("says what the default profile tells and looks like, and links to both", async () => {
    serve();
    open();
    const hero = within(await screen.findByRole("region", { name: /welcome/i }));
    expect(await hero.findByRole("link", { name: "Business review" })).toHaveAttribute(
      "href",
      "#prompt-1",
    );
    expect(hero.getByRole("link", { name: "Clear daylight" })).toHaveAttribute("href", "#style-1");
  });

  it("shows a prompt's text on demand, with a name of its own for each button", async () => {
    serve();
    open();
    const card = await screen.findByRole("heading", { level: 3, name: "Business review" });
    const summary = within(card.closest("li") ?? document.body).getByText(/Read the prompt/);
    expect(summary).toHaveTextContent("Read the prompt “Business review”");
    await userEvent.click(summary);
    expect(screen.getByText(/Write for people who decide/).closest("details")).toHaveAttribute(
      "open",
    );
  });

  it("keeps what was read during an outage, says so, and recovers by itself", async () => {
    vi.useFakeTimers();
    const server = serve();
    open();
    await pass(100);
    expect(screen.getByText("Connected")).toBeInTheDocument();

    server.answer("/api/ready", { status: 503, body: down });
    server.answer("/api/settings/prompts", DATABASE_ERROR);
    // Somebody comes back to the page.
    window.dispatchEvent(new Event("visibilitychange"));
    await pass(100);
    expect(screen.getByRole("alert")).toHaveTextContent("The database can’t be reached");
    expect(screen.getByRole("alert")).toHaveTextContent("No connection to the branch endpoint");
    expect(screen.getByText("Not reachable")).toBeInTheDocument();
    expect(screen.getByRole("heading", { name: "Business review" })).toBeInTheDocument();

    server.allWell();
    server.answer("/api/settings/prompts", {
      status: 200,
      body: { prompts: prompts.map((prompt) => ({ ...prompt, name: `${prompt.name} II` })) },
    });
    await pass(2_100);
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    expect(screen.getByText("The database is back")).toBeInTheDocument();
    // Without waiting for the library's own interval.
    expect(screen.getByRole("heading", { name: "Business review II" })).toBeInTheDocument();
  });

  it("asks nothing while nothing is wrong, so that the database can sleep", async () => {
    vi.useFakeTimers();
    const server = serve();
    open();
    await pass(1_000);
    const asked = server.asked();
    expect(asked).toContain("/api/ready");
    await pass(60 * 60_000);
    expect(server.asked()).toEqual(asked);
  });

  it("finds out about the database when something can't be read, and until it is over", async () => {
    vi.useFakeTimers();
    const server = serve({
      "/api/settings/styles": DATABASE_ERROR,
      "/api/ready": { status: 503, body: down },
    });
    open();
    await pass(100);
    expect(screen.getByRole("alert")).toHaveTextContent("The database can’t be reached");
    server.allWell();
    await pass(2_100);
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    const asked = server.asked();
    await pass(60 * 60_000);
    expect(server.asked()).toEqual(asked);
  });

  it("says that Tellr itself doesn't answer, apart from the database", async () => {
    serve({ "/api/ready": "unreachable" });
    open();
    expect(await screen.findByRole("alert")).toHaveTextContent("Tellr doesn’t answer");
  });

  it("names the encryption key when it is the wrong one", async () => {
    const database = { ...ready.database, state: "wrong_key", message: "Key check failed." };
    serve({ "/api/ready": { status: 503, body: { ready: false, database } } });
    open();
    expect(await screen.findByRole("alert")).toHaveTextContent("GOOGLE_OAUTH_ENCRYPTION_KEY");
  });

  it("says that the database was emptied, and promises no recovery", async () => {
    const database = { ...ready.database, state: "emptied", message: "Schema was emptied." };
    serve({ "/api/ready": { status: 503, body: { ready: false, database } } });
    open();
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("was emptied while Tellr was running");
    expect(alert).toHaveTextContent("pre-reset-");
    expect(alert).not.toHaveTextContent("continues by itself");
  });

  it("tells loading, empty and unreadable libraries apart", async () => {
    serve({
      "/api/settings/prompts": { status: 200, body: { prompts: [] } },
      "/api/settings/styles": DATABASE_ERROR,
    });
    open();
    expect(screen.getByText("Loading the deck prompts")).toBeInTheDocument();
    expect(await screen.findByText(/There are no deck prompts yet/)).toBeVisible();
    expect(await screen.findByText(/slide styles can’t be read now: No connection/)).toBeVisible();
  });

  it("shows text from the database as text, never as markup", async () => {
    const hostile = { ...prompts[0], name: "<img src=x onerror=alert(1)>" };
    serve({ "/api/settings/prompts": { status: 200, body: { prompts: [hostile] } } });
    open();
    expect(await screen.findByRole("heading", { name: hostile.name })).toBeVisible();
    expect(document.querySelector("img")).toBeNull();
  });
});
