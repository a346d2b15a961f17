/** The built module: what the page does with it, in Node. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test from "node:test";
import init, { Slides } from "../slides.js";

const PAGE = join(import.meta.dirname, "..");
const FONTS = join(PAGE, "../fonts");
/** The module without its fonts; after brotli about a third. */
const MOST_BYTES = 2_200_000;

const module = readFileSync(join(PAGE, "slides_bg.wasm"));
await init({ module_or_path: module });

const deck = {
  format: 1,
  title: "Review",
  theme: "clear",
  slides: [
    {
      id: "s1",
      layout: "title_and_text",
      blocks: [
        { type: "title", id: "t", text: "EMEA grew **18 %**" },
        { type: "bullets", id: "b", items: [{ text: "One" }, { text: "Two", level: 2 }] },
      ],
    },
  ],
};
const [slide] = deck.slides;

/** The module with the fonts of families, added in some order. */
function slides(order = (files) => files, families = ["carlito"]) {
  const made = new Slides();
  for (const family of families) {
    const files = readdirSync(join(FONTS, family)).filter((file) => file.endsWith(".woff2"));
    for (const file of order(files)) {
      const [, subset, weight, style] = /^[a-z]+-([a-z-]+)-(\d+)-([a-z]+)\.woff2$/.exec(file);
      const bytes = readFileSync(join(FONTS, family, file));
      made.addFont(family, weight === "700", style === "italic", subset, bytes);
    }
  }
  return made;
}

/** The crate compiled for this machine; it draws the same decks. */
const TARGET = process.env.CARGO_TARGET_DIR ?? join(PAGE, "../../../target");
const NATIVE = join(TARGET, "debug/examples/drawn");

/** The style of a company, with a logo and a picture behind sections. */
const ACME = readFileSync(join(PAGE, "../tests/themes/acme.json"), "utf8");

const drawn = (made, one = slide) => made.layOut(JSON.stringify(one), "clear", 1, "en");

test("patches are applied, and their inverse gives the deck back", () => {
  const made = new Slides();
  const patches = [
    { op: "set_field", block: "t", field: { text: "New" } },
    { op: "set_layout", slide: "s1", layout: "statement" },
  ];
  const { deck: changed, inverse } = JSON.parse(
    made.apply(JSON.stringify(deck), JSON.stringify(patches)),
  );
  assert.equal(changed.slides[0].blocks[0].text, "New");
  const back = JSON.parse(made.apply(JSON.stringify(changed), JSON.stringify(inverse)));
  assert.deepEqual(back.deck, deck);
});

test("a patch that doesn't fit is refused in words for people", () => {
  const gone = JSON.stringify([{ op: "remove_block", block: "gone" }]);
  assert.throws(() => new Slides().apply(JSON.stringify(deck), gone), /may have been removed/);
  const script = JSON.stringify([
    { op: "set_field", block: "t", field: { text: "[x](javascript:alert(1))" } },
  ]);
  assert.throws(() => new Slides().apply(JSON.stringify(deck), script), /a link starts with/);
});

test("a slide is drawn the same, in whatever order the fonts came", () => {
  const one = drawn(slides());
  assert.equal(drawn(slides((files) => files.toReversed())), one);
  const list = JSON.parse(one);
  assert.deepEqual(
    list.frames.map(({ block }) => block),
    ["t", "b"],
  );
  const runs = list.elements.flatMap(({ lines = [] }) => lines.flatMap((line) => line.runs));
  assert.ok(runs.every((run) => run.is_foreign === undefined));
});

test("500 generated decks are drawn as the server draws them, to the last digit", async () => {
  assert.ok(existsSync(NATIVE), `${NATIVE}: run \`cargo build --package tellr-slides --examples\``);
  const families = ["carlito", "arimo", "gelasio", "caladea", "tinos"];
  const made = slides(undefined, families);
  made.addTheme(ACME);
  const child = spawn(NATIVE, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const decks = new Set();
  let slide;
  for await (const line of createInterface(child.stdout)) {
    if (slide === undefined) {
      slide = JSON.parse(line);
      continue;
    }
    const { deck: name, theme, language, number } = slide;
    const here = made.layOut(JSON.stringify(slide.slide), theme, number, language ?? undefined);
    if (here !== line)
      assert.deepEqual(JSON.parse(here), JSON.parse(line), `${name}, slide ${number}`);
    assert.equal(here, line, `${name}, slide ${number}`);
    decks.add(`${name} ${theme}`);
    slide = undefined;
  }
  assert.equal(await ended, 0);
  // Some of the generated decks are empty.
  assert.ok(decks.size > 400, `${decks.size} decks with slides`);
});

test("without its fonts a slide is drawn with estimated widths", () => {
  const list = JSON.parse(drawn(new Slides()));
  const runs = list.elements.flatMap(({ lines = [] }) => lines.flatMap((line) => line.runs));
  assert.ok(runs.length > 0 && runs.every((run) => run.is_foreign));
});

test("what isn't a font, a family or a slide is refused", () => {
  const made = new Slides();
  assert.throws(() => made.addFont("carlito", false, false, "latin", new Uint8Array(64)));
  assert.throws(() => made.addFont("comic", false, false, "latin", new Uint8Array(64)));
  assert.throws(() => drawn(made, { id: "s1" }));
});

test("the themes and the advice are those of the crate", () => {
  const made = new Slides();
  assert.equal(JSON.parse(made.themes())[0].id, "clear");
  const [finding] = JSON.parse(
    made.findings(JSON.stringify({ ...slide, blocks: slide.blocks.slice(1) })),
  );
  assert.match(finding.message, /no title/);
});

test("a theme is added, replaces the one of its id, and is refused if it can't be read", () => {
  const made = slides();
  const before = drawn(made);
  const acme = JSON.parse(ACME);
  made.addTheme(ACME);
  made.addTheme(JSON.stringify({ ...acme, name: "Acme again" }));
  const themes = JSON.parse(made.themes());
  assert.equal(themes.length, 6);
  assert.equal(themes.at(-1).name, "Acme again");
  const list = JSON.parse(made.layOut(JSON.stringify(slide), acme.id, 1, "en"));
  const [logo] = list.elements.filter(({ type }) => type === "image");
  assert.equal(logo.image, acme.pictures.find(({ on }) => on.includes("content")).image);
  assert.equal(drawn(made), before);
  const faint = { ...acme, colors: { ...acme.colors, text: acme.colors.background } };
  assert.throws(() => made.addTheme(JSON.stringify(faint)), /contrast/);
  const high = {
    ...acme.pictures[0],
    role: "logo",
    bounds: { x: 0, y: 300, width: 90, height: 90 },
  };
  assert.throws(() => made.addTheme(JSON.stringify({ ...acme, pictures: [high] })), /logo/);
  assert.throws(() => made.addTheme(JSON.stringify({ ...acme, script: "x" })), /unknown field/);
  assert.throws(() => made.addTheme("{}"));
});

test("the module stays small", () => {
  assert.ok(module.length < MOST_BYTES, `${module.length} bytes`);
});
