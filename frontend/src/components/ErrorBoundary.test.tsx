import { render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { ErrorBoundary } from "./ErrorBoundary";

function Broken(): never {
  throw new Error("a secret detail");
}

describe("the error boundary", () => {
  it("says that something broke, offers a way on and shows no internals", () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    render(
      <ErrorBoundary>
        <Broken />
      </ErrorBoundary>,
    );
    expect(screen.getByRole("alert")).toHaveTextContent("This page stopped working");
    expect(screen.getByRole("alert")).not.toHaveTextContent("a secret detail");
    expect(screen.getByRole("link", { name: "reload the page" })).toBeVisible();
  });
});
