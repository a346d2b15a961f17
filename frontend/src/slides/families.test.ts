import { expect, it } from "vitest";
import { themes } from "../../mock/engine/themes.ts";
import { FIRST_FAMILIES } from "./families";

it("the families that are loaded first are those of the app’s themes, and no others", () => {
  const used = themes.flatMap(({ fonts }) => [fonts.heading, fonts.body]);
  expect([...FIRST_FAMILIES].sort()).toEqual([...new Set(used)].sort());
});
