import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Prose, webAddress } from "./Prose";

describe("a sentence of the deployer's", () => {
  it("sets what is quoted as code and keeps all its words", () => {
    const { container } = render(<Prose text="the app `tellr` has no key `x`" />);
    expect(container).toHaveTextContent("the app tellr has no key x");
    expect([...container.querySelectorAll("code")].map((code) => code.textContent)).toEqual([
      "tellr",
      "x",
    ]);
  });

  it("links an address without the full stop behind it, where that is asked for", () => {
    const text = "Read https://tellr.example.com/logz; then see `https://code.example.com`.";
    const { rerender } = render(<Prose text={text} links />);
    expect(screen.getByRole("link")).toHaveAttribute("href", "https://tellr.example.com/logz");
    expect(screen.getByRole("link")).toHaveAttribute("rel", "noopener noreferrer");
    rerender(<Prose text={text} />);
    expect(screen.queryByRole("link")).not.toBeInTheDocument();
  });

  it("stays text, whatever it holds", () => {
    const hostile = "<img src=x onerror=alert(1)> javascript:alert(1) `<b>`";
    const { container } = render(<Prose text={hostile} links />);
    expect(container).toHaveTextContent("<img src=x onerror=alert(1)> javascript:alert(1) <b>");
    expect(container.querySelector("img, b, a")).toBeNull();
  });

  it("knows which addresses may be opened", () => {
    expect(webAddress("https://tellr.example.com")).toBe("https://tellr.example.com/");
    expect(webAddress("http://127.0.0.1:42229")).toBe("http://127.0.0.1:42229/");
    for (const bad of ["javascript:alert(1)", "data:text/html,x", "README.md", "", null]) {
      expect(webAddress(bad)).toBeNull();
    }
  });
});
