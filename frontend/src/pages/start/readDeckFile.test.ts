import { describe, expect, it } from "vitest";
import { readDeckFile } from "./readDeckFile";

const read = (text: string, name = "deck.json") => readDeckFile(new File([text], name));

describe("a deck's file", () => {
  it("is a bare deck, or Tellr's own with images", async () => {
    const deck = { format: 1, title: "A", slides: [] };
    expect(await read(JSON.stringify(deck))).toEqual({ deck, images: {} });
    const images = { one: { type: "image/png", data: "AAAA" } };
    expect(await read(JSON.stringify({ tellr: 1, deck, images }))).toEqual({ deck, images });
    expect(await read(JSON.stringify({ tellr: 1, deck }))).toEqual({ deck, images: {} });
  });

  it("is refused with the reason if it is something else", async () => {
    const refused: [text: string, name: string, why: RegExp][] = [
      ["PK\u0003\u0004…", "slides.pptx", /“slides.pptx” isn’t a deck of Tellr/],
      ["{]", "notes.json", /“notes.json” isn’t JSON/],
      ["", "empty.json", /isn’t JSON/],
      ["[1]", "list.json", /is JSON, but not a deck/],
      ["null", "null.json", /is JSON, but not a deck/],
      ['{"name":"x"}', "package.json", /is JSON, but not a deck/],
      ['{"tellr":2,"deck":{}}', "newer.json", /exported by a newer Tellr/],
      ['{"tellr":"1","deck":{}}', "odd.json", /doesn’t say its format/],
      ['{"tellr":1,"deck":null}', "none.json", /has no deck in it/],
      ['{"tellr":1,"deck":{},"images":[]}', "odd.json", /has images that can’t be read/],
      ['{"tellr":1,"deck":{},"images":{"a":1}}', "odd.json", /has images that can’t be read/],
    ];
    for (const [text, name, why] of refused) {
      expect(await read(text, name), name).toEqual({ problem: expect.stringMatching(why) });
    }
  });

  it("is refused if it is too large", async () => {
    const large = { ...new File(["{}"], "large.json"), name: "large.json", size: 65 * 1024 * 1024 };
    expect(await readDeckFile(large as File)).toEqual({
      problem: "“large.json” is larger than 64 MiB.",
    });
    const padded = `{"format":1,"title":"${"x".repeat(8 * 1024 * 1024)}"}`;
    expect(await read(padded)).toEqual({ problem: "“deck.json” is larger than 8 MiB." });
  });
});
