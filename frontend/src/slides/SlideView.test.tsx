import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { engine } from "../../mock/engine/index.ts";
import { sampleDeck } from "../../mock/sampleDeck.ts";
import type { Slide } from "../deck/model";
import type { DisplayList } from "./display";
import { SlideView } from "./SlideView";

const HOSTILE = `<img src=x onerror="alert(1)">`;

function drawn(slide: Slide) {
  return render(<SlideView list={engine.layOut(slide, "clear", 1)} label="Slide" links />);
}

describe("a drawn slide", () => {
  it("is made of elements, without markup strings or style attributes", () => {
    for (const slide of sampleDeck.slides) {
      const { container, unmount } = drawn(slide);
      expect(container.querySelector("svg")).toHaveAttribute("viewBox", "0 0 1280 720");
      expect(container.querySelector("[style]")).toBeNull();
      expect(container.querySelector("style, script")).toBeNull();
      unmount();
    }
  });

  it("shows markup from a deck as text", () => {
    const { container } = drawn({
      id: "s",
      layout: "title_and_text",
      blocks: [{ type: "title", id: "t", text: HOSTILE }],
    });
    expect(screen.getByText(HOSTILE)).toBeInTheDocument();
    expect(container.querySelector("img")).toBeNull();
  });

  it("asks for an image by its id only at the server's own address", () => {
    const { container } = drawn({
      id: "s",
      layout: "image_full",
      blocks: [{ type: "image", id: "i", image: "../../evil", alt: "A logo" }],
    });
    expect(container.querySelector("image")).toHaveAttribute("href", "/api/images/..%2F..%2Fevil");
    expect(container.querySelector("image")).toHaveAttribute("aria-label", "A logo");
  });

  it("follows links only where they may be followed", () => {
    const list = linked();
    const { container, rerender } = render(<SlideView list={list} label="Slide" links />);
    expect(container.querySelector("a")).toHaveAttribute("rel", "noopener noreferrer");
    rerender(<SlideView list={list} label="Slide" />);
    expect(container.querySelector("a")).toBeNull();
  });

  it("leaves out the part for which a field stands", () => {
    const place = { block: "s1t", part: { kind: "text" } } as const;
    const [slide] = sampleDeck.slides;
    if (!slide) throw new Error("the sample has slides");
    render(<SlideView list={engine.layOut(slide, "clear", 1)} label="Slide" hidden={place} />);
    expect(screen.queryByText("This deck explains itself")).not.toBeInTheDocument();
    expect(screen.getByText(/Two minutes with Tellr/)).toBeInTheDocument();
  });
});

function linked(): DisplayList {
  const slide: Slide = {
    id: "s",
    layout: "title_and_text",
    blocks: [{ type: "text", id: "t", text: "Look here" }],
  };
  const list = structuredClone(engine.layOut(slide, "clear", 1));
  for (const element of list.elements) {
    const run = element.type === "text" ? element.lines[0]?.runs[0] : undefined;
    if (run) run.link = "https://example.com";
  }
  return list;
}
