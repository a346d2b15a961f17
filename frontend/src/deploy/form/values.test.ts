import { describe, expect, it } from "vitest";
import { EMPTY, type FormValues, fromArguments, shown, toArguments } from "./values";

const FULL: FormValues = {
  app_name: "slides",
  lakebase_name: "slides-db",
  schema_name: "decks",
  app_file_workspace_path: "/Workspace/Shared/slides",
  lakebase_compute: "CU_2",
  app_compute: "LARGE",
  app_version: "0.1.0",
  description: "Our slides",
  app_package: "tellr-app",
  encryption_key_storage: "app_yaml",
  serving_endpoint: "my-model",
  genie_spaces: "01ef, 01f0",
  sql_warehouse: "4b9b",
  instances: "1-3",
  share_with: "Sales & Marketing:CAN_MANAGE,users",
  tags: "cost_center=4711\nreviewed=",
  telemetry: "main.tellr",
  usage_policy: "6f9a0c1e",
  extra_scopes: "files, vectorsearch  files.read",
  extra_env: " LOG_LEVEL=debug\n\nGREETING = hello = you ",
  on_failure: "keep",
  adopt: true,
  use_test_pypi: true,
  seed_databricks_defaults: true,
  reset_database: true,
};
const WHEEL = { file_name: "tellr_app-0.1.0-py3-none-any.whl", content: "UEs=" };

describe("the form's values", () => {
  it("say nothing where nothing was given", () => {
    for (const operation of ["create", "update", "delete"] as const) {
      expect(toArguments(operation, EMPTY)).toEqual({});
    }
  });

  it("become only what the operation takes", () => {
    const unkept = { encryption_key: "secret", local_wheel: WHEEL };
    expect(Object.keys(toArguments("create", FULL, unkept))).not.toContain("reset_database");
    const update = toArguments("update", FULL, unkept);
    expect(update).toMatchObject({ reset_database: true, encryption_key: "secret" });
    expect(update).not.toHaveProperty("lakebase_compute");
    expect(toArguments("delete", FULL, unkept)).toEqual({
      app_name: "slides",
      lakebase_name: "slides-db",
      schema_name: "decks",
      app_file_workspace_path: "/Workspace/Shared/slides",
      reset_database: true,
    });
  });

  it("come back from the arguments they became", () => {
    const { reset_database: _, adopt: __, on_failure: ___, ...created } = FULL;
    expect(fromArguments(toArguments("create", FULL))).toEqual({
      ...created,
      genie_spaces: "01ef 01f0",
      share_with: "Sales & Marketing:CAN_MANAGE, users",
      extra_scopes: "files vectorsearch files.read",
      extra_env: "LOG_LEVEL=debug\nGREETING=hello = you",
      reset_database: false,
      adopt: false,
      on_failure: "",
    });
  });

  it("are shown without the key and the wheel", () => {
    const whole = toArguments("create", EMPTY, { encryption_key: "secret", local_wheel: WHEEL });
    expect(whole).toEqual({ encryption_key: "secret", local_wheel: WHEEL });
    expect(shown(whole)).toEqual({});
  });
});
