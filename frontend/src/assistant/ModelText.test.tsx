import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { ModelText, safeAddress } from "./ModelText";

const shown = (text: string) => render(<ModelText text={text} />).container;

describe("text of a model", () => {
  it.each([
    "<script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 1'>",
    "**bold** and `code`",
    "[go](javascript:window.ran=1)",
    "![x](data:text/html,<b>x</b>)",
    "&lt;b&gt;",
  ])("shows %s as it is written", (text) => {
    const container = shown(text);
    expect(container).toHaveTextContent(text);
    expect(container.querySelectorAll("a, img, script, b, code")).toHaveLength(0);
  });

  it("links addresses of the web and of mailboxes, with the address as the text", () => {
    shown("See https://example.com/a?b=1, or write to mailto:ada@example.com.");
    const links = screen.getAllByRole("link");
    expect(links.map((link) => [link.textContent, link.getAttribute("href")])).toEqual([
      ["https://example.com/a?b=1", "https://example.com/a?b=1"],
      ["mailto:ada@example.com", "mailto:ada@example.com"],
    ]);
    for (const link of links)
      expect(link).toHaveAttribute("rel", expect.stringContaining("noopener"));
  });

  it("links only the address within markdown", () => {
    shown("[a report](https://example.com/report)");
    expect(screen.getByRole("link")).toHaveTextContent(/^https:\/\/example\.com\/report$/);
  });

  it("keeps paragraphs and lines", () => {
    expect(shown("One\nTwo\n\n\nThree").querySelectorAll("p")).toHaveLength(2);
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "//example.com", "ftp://example.com", "x"])(
    "has no link for %s",
    (address) => {
      expect(safeAddress(address)).toBeNull();
    },
  );
});
