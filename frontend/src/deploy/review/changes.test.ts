import { describe, expect, it } from "vitest";
import type { FieldChange, Plan, ResourceChange } from "../contract";
import { isShown, reasonOf, summary } from "./changes";

const change = (
  action: ResourceChange["action"],
  fields: ResourceChange["fields"] = [],
): ResourceChange => ({ resource: "app", name: "tellr", action, fields });
const drifted: FieldChange = {
  field: "description",
  old: "a",
  new: "b",
  remote: "b",
  reason: "drifted",
};

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
    expect(reasonOf(drifted)).toBe("Changed outside Tellr, and kept; Tellr last applied a");
    expect(reasonOf({ ...drifted, new: "a" })).toBe(
      "Changed outside Tellr, and set back; Tellr last applied a",
    );
  });

  it("give a reason only where the old and the new value don't say it", () => {
    const wanted: FieldChange = { ...drifted, new: "c", reason: "wanted" };
    expect(reasonOf({ ...wanted, remote: "a" })).toBe("");
    expect(reasonOf({ field: "description", new: "c", remote: "b", reason: "wanted" })).toBe("");
    expect(reasonOf(wanted)).toBe("Tellr last applied a");
    expect(reasonOf({ ...wanted, reason: "managed" })).toBe("Being changed by the platform");
  });
});
