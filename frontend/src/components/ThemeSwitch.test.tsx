import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { ThemeSwitch } from "./ThemeSwitch";

describe("the theme switch", () => {
  it("applies and keeps a choice, and goes back to the system's", async () => {
    render(<ThemeSwitch />);
    expect(screen.getByRole("radio", { name: "Theme of the system" })).toBeChecked();

    await userEvent.click(screen.getByRole("radio", { name: "Dark theme" }));
    expect(document.documentElement).toHaveAttribute("data-theme", "dark");
    expect(localStorage.getItem("tellr.theme")).toBe("dark");

    await userEvent.click(screen.getByRole("radio", { name: "Theme of the system" }));
    expect(document.documentElement).not.toHaveAttribute("data-theme");
    expect(localStorage.getItem("tellr.theme")).toBeNull();
  });
});
