/** Finding slides and blocks in a deck. */
import type { Block, Columns, Deck, Slide } from "./model";
import type { Container } from "./patch";

export function slideOf(deck: Deck, id: string | null): Slide | undefined {
  return deck.slides.find((slide) => slide.id === id);
}

/** A slide's blocks, each `columns` block followed by those in its columns. */
export function allBlocks(slide: Slide): Block[] {
  return slide.blocks.flatMap((block) =>
    block.type === "columns" ? [block, ...block.columns.flatMap(({ blocks }) => blocks)] : [block],
  );
}

export function blockOf(slide: Slide, id: string | null): Block | undefined {
  return id === null ? undefined : allBlocks(slide).find((block) => block.id === id);
}

/** Whether nothing is written in the deck yet: the assistant's first slides take the place of what is there. */
export function isBlank({ slides }: Deck): boolean {
  return slides.every(
    ({ blocks, notes = "" }) => notes.trim() === "" && blocks.every((block) => isEmpty(block)),
  );
}

function isEmpty(block: Block): boolean {
  const isText = block.type === "title" || block.type === "subtitle" || block.type === "text";
  return isText && block.text.trim() === "";
}

export interface Standing {
  into: Container;
  blocks: Block[];
  index: number;
}

/** Where a block stands: the list, and its number in there. */
export function standingOf(slide: Slide, id: string): Standing | undefined {
  const at = (into: Container, blocks: Block[]): Standing | undefined => {
    const index = blocks.findIndex((block) => block.id === id);
    return index < 0 ? undefined : { into, blocks, index };
  };
  const columns = slide.blocks.filter((block): block is Columns => block.type === "columns");
  return (
    at({ slide: slide.id }, slide.blocks) ??
    columns
      .flatMap((block) =>
        block.columns.map((column, index) =>
          at({ column: { block: block.id, index } }, column.blocks),
        ),
      )
      .find((standing) => standing !== undefined)
  );
}

/** The text of rich text without its markup, on one line. */
export function plain(text: string): string {
  return text
    .replace(/\[((?:\\.|[^[\]\n])+)\]\([^)\n[]*\)/g, "$1")
    .replace(/\\([*[\]\\])|\*+/g, "$1")
    .replace(/\s+/g, " ")
    .trim();
}

/** How a slide is called in lists and for screen readers. */
export function nameOfSlide(slide: Slide): string {
  const blocks = allBlocks(slide);
  const named = blocks.find(({ type }) => type === "title") ?? blocks.find((one) => "text" in one);
  return (named && "text" in named && plain(named.text)) || "Untitled";
}
