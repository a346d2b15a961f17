import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { CodeBlock } from "./CodeBlock";

describe("a block of code", () => {
  it("is copied whole", async () => {
    const user = userEvent.setup();
    render(<CodeBlock label="tellr.yaml" text={"app_name: tellr\n"} language="yaml" />);
    await user.click(screen.getByRole("button", { name: "Copy tellr.yaml" }));
    expect(await navigator.clipboard.readText()).toBe("app_name: tellr\n");
    expect(screen.getByRole("button", { name: "Copied tellr.yaml" })).toBeVisible();
  });

  it("lies selected where the clipboard is refused, as in a frame", async () => {
    const user = userEvent.setup();
    vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new DOMException("no"));
    render(<CodeBlock label="tellr.yaml" text={"app_name: tellr\n"} language="yaml" />);
    await user.click(screen.getByRole("button", { name: "Copy tellr.yaml" }));
    const area = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "tellr.yaml" });
    expect(screen.getByRole("status")).toHaveTextContent("Ctrl+C");
    expect(area.value.slice(area.selectionStart, area.selectionEnd)).toBe("app_name: tellr\n");
  });

  it("points at a line", () => {
    render(<CodeBlock label="file" text={"one\ntwo\nthree"} marked={2} />);
    const marked = screen.getByRole("region", { name: "file" }).querySelectorAll("[data-marked]");
    expect([...marked].map((line) => line.textContent)).toEqual(["two\n"]);
  });
});
