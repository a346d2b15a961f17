import { expect, it, vi } from "vitest";
import { ApiError } from "../api/client";
import type { Theme } from "../deck/theme";
import { MissingThemes } from "./missingThemes";

const theme = (id: string) => ({ id, name: id }) as Theme;
const settle = () => new Promise((resolve) => setTimeout(resolve));

it("loads the theme of each style once, and no others", async () => {
  const add = vi.fn();
  const fetch = vi.fn(async (id: string) => theme(id));
  const missing = new MissingThemes(add, fetch);
  for (const id of ["style-1", "style-1", "style-2", "clear", "gone"]) missing.want(id);
  await settle();
  missing.want("style-1");
  expect(fetch.mock.calls.map(([id]) => id)).toEqual(["style-1", "style-2"]);
  expect(add.mock.calls.map(([one]) => one.id)).toEqual(["style-1", "style-2"]);
});

it("asks again after an outage, and not for what isn’t there", async () => {
  const fails = [new ApiError("Away", "unreachable", null), new ApiError("None", "not_found", 404)];
  for (const [error, times] of [
    [fails[0], 2],
    [fails[1], 1],
  ] as const) {
    const add = vi.fn();
    const fetch = vi.fn().mockRejectedValueOnce(error).mockResolvedValue(theme("style-1"));
    const missing = new MissingThemes(add, fetch);
    missing.want("style-1");
    await settle();
    missing.want("style-1");
    await settle();
    expect(fetch).toHaveBeenCalledTimes(times);
    expect(add).toHaveBeenCalledTimes(times - 1);
  }
});
