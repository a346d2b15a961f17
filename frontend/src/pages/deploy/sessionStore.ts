import * as v from "valibot";
import type { DeployStore, Remembered } from "../../deploy";
import { EMPTY, type FormValues, KEPT } from "../../deploy/form/values";

const KEY = "tellr.deploy";

const operation = v.picklist(["create", "update", "delete"]);
const runOperation = v.picklist(["create", "update", "delete", "rollback", "restore"]);
/** Keeps each of the form's values that has the current type. */
const values = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform((found): FormValues => {
    const kept = KEPT.map((key) => {
      const fits = typeof found[key] === typeof EMPTY[key];
      return [key, fits ? found[key] : EMPTY[key]];
    });
    return Object.fromEntries(kept) as FormValues;
  }),
);

/** Values stored by an older version of this page are used if they are still valid. */
const rememberedSchema = v.object({
  operation,
  values,
  run: v.optional(v.object({ id: v.string(), operation: runOperation, appName: v.string() })),
});

/** Stores values for as long as the tab is open, if the browser allows it. */
export const sessionStore: DeployStore = {
  load() {
    try {
      return v.parse(rememberedSchema, JSON.parse(sessionStorage.getItem(KEY) ?? ""));
    } catch {
      return null;
    }
  },
  save(remembered: Remembered) {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(remembered));
    } catch {
      // Without storage the form starts empty after a reload; the workspace still has the journal.
    }
  },
};
