import { describe, expect, it } from "vitest";
import type { Plan, ResourceChange } from "../contract";
import { isShown, reasonOf, summary } from "./changes";

const change = (
  action: ResourceChange["action"],
  fields: ResourceChange["fields"] = [],
): ResourceChange => ({ resource: "app", name: "tellr", action, fields });
const drifted = {
  field: "description",
  old: "a",
  new: "b",
  remote: "b",
  reason: "drifted",
} as const;

describe("a plan's changes", () => {
  it("are counted by what happens", () => {
    const plan = (changes: ResourceChange[], empty: boolean) => ({ changes, empty }) as Plan;
    const all = [change("delete"), change("update"), change("adopt"), change("no_change")];
    expect(summary(plan(all, false))).toBe("1 to delete, 2 to update, 1 unchanged");
    expect(summary(plan([change("no_change")], true))).toBe("No changes: 1 unchanged");
  });

  it("show what was changed elsewhere, even if it is kept", () => {
    expect(isShown(change("no_change"))).toBe(false);
    expect(isShown(change("no_change", [drifted]))).toBe(true);
    expect(reasonOf(drifted)).toBe("kept; changed in the workspace, a was applied");
    expect(reasonOf({ ...drifted, new: "a" })).toBe("changed in the workspace, a was applied");
    expect(reasonOf({ ...drifted, reason: "wanted" })).toBe("");
  });
});
