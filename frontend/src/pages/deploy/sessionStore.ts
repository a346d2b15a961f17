import * as v from "valibot";
import type { DeployStore, Remembered } from "../../deploy";
import { EMPTY, type FormValues, KEPT } from "../../deploy/form/values";

const KEY = "tellr.deploy";

const operation = v.picklist(["create", "update", "delete"]);
/** Each of the form's values, where it is of the type that it is now. */
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

/** What an older version of this page may have left there is taken as far as it fits. */
const rememberedSchema = v.object({
  operation,
  values,
  run: v.optional(v.object({ id: v.string(), operation, appName: v.string() })),
});

/** Remembers for as long as the tab is open, as far as the browser lets it. */
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
      // Without storage the form begins anew after a reload; the workspace still has the journal.
    }
  },
};
