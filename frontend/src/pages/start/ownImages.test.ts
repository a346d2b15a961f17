import { afterEach, describe, expect, it, vi } from "vitest";
import { withOwnImages } from "./ownImages";

const deck = {
  title: "one",
  slides: [
    {
      id: "s",
      blocks: [
        { type: "image", id: "i", image: "one" },
        {
          type: "columns",
          columns: [
            { width: 6, blocks: [{ type: "image", id: "j", image: "two" }] },
            { width: 6, blocks: [{ type: "image", id: "k", image: "other" }] },
          ],
        },
      ],
    },
  ],
};

afterEach(() => vi.unstubAllGlobals());

describe("images of an imported deck", () => {
  it("become the person's own, wherever they stand", async () => {
    let count = 0;
    vi.stubGlobal("createImageBitmap", async () => ({ width: 1, height: 1, close() {} }));
    vi.stubGlobal("fetch", async () => {
      count += 1;
      return Response.json({ id: `new${count}`, width: 1, height: 1 }, { status: 201 });
    });
    const images = {
      one: { type: "image/png", data: "AAAA" },
      two: { type: "image/jpeg", data: "AAAA" },
    };
    const own = JSON.stringify(await withOwnImages(deck, images));
    expect(own).toContain('"title":"one"');
    expect([...own.matchAll(/"image":"(\w+)"/g)].map(([, name]) => name)).toEqual([
      "new1",
      "new2",
      "other",
    ]);
    expect(count).toBe(2);
  });

  it("say which of them can't be used", async () => {
    const images = { one: { type: "image/svg+xml", data: "AAAA" } };
    await expect(withOwnImages(deck, images)).rejects.toThrow(
      /image “one” of the file can’t be used/,
    );
    const broken = { one: { type: "image/png", data: "%" } };
    await expect(withOwnImages(deck, broken)).rejects.toThrow(/image “one”/);
  });

  it("leave a deck without images as it is", async () => {
    expect(await withOwnImages(deck, {})).toBe(deck);
  });
});
