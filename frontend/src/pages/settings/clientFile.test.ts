import { describe, expect, it } from "vitest";
import { readClientFile } from "./clientFile";

const read = (text: string) => readClientFile(new File([text], "client.json"));

describe("the file of an OAuth client", () => {
  it("is taken as it is", async () => {
    const client = { web: { client_id: "1", client_secret: "2", redirect_uris: [] } };
    expect(await read(JSON.stringify(client))).toEqual({ client });
  });

  it("is refused with what to do instead", async () => {
    const refused: [text: string, why: RegExp][] = [
      ["{", /isn’t JSON.*Credentials/],
      ["[]", /isn’t an OAuth client/],
      ['{"installed":{}}', /desktop app.*Web application/],
      ['{"type":"service_account"}', /service account.*Web application/],
      ["{}", /isn’t an OAuth client/],
      [`{"web":"${"x".repeat(70_000)}"}`, /too large/],
    ];
    for (const [text, why] of refused) {
      expect(await read(text), text.slice(0, 30)).toEqual({ problem: expect.stringMatching(why) });
    }
  });
});
