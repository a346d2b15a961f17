import * as v from "valibot";
import type { DeployStore, Remembered } from "../../deploy";

const KEY = "tellr.deploy";

const operation = v.picklist(["create", "update", "delete"]);
const text = v.fallback(v.string(), "");
const flag = v.fallback(v.boolean(), false);

/** What an older version of this page may have left there is taken as far as it fits. */
const rememberedSchema = v.object({
  operation,
  values: v.object({
    app_name: text,
    lakebase_name: text,
    schema_name: text,
    app_file_workspace_path: text,
    lakebase_compute: text,
    app_compute: text,
    app_version: text,
    description: text,
    app_package: text,
    encryption_key_storage: text,
    extra_scopes: text,
    use_test_pypi: flag,
    seed_databricks_defaults: flag,
    reset_database: flag,
  }),
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
