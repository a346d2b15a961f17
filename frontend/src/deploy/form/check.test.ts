import { describe, expect, it } from "vitest";
import { MockDeployer } from "../../../mock/deployer/index.ts";
import type { Arguments, DeployError } from "../contract";
import { check, fieldOf, isWell } from "./check";
import { EMPTY, NOTHING_UNKEPT } from "./values";

const deployer = new MockDeployer({ pace: 0 });

describe("checking a form", () => {
  it("finds every field's mistake, not only the first", async () => {
    const values = { ...EMPTY, app_name: "Tellr", schema_name: "my schema", app_version: ">=1" };
    const { fields, form } = await check(deployer, "create", values, NOTHING_UNKEPT);
    expect(Object.keys(fields).sort()).toEqual(["app_name", "app_version", "schema_name"]);
    expect(fields.app_name?.cause).toContain("lower-case");
    expect(form).toBeNull();
  });

  it("is content with an empty form where everything has a default, and only there", async () => {
    expect(isWell(await check(deployer, "create", EMPTY, NOTHING_UNKEPT))).toBe(true);
    const { fields } = await check(deployer, "update", EMPTY, NOTHING_UNKEPT);
    expect(Object.entries(fields).map(([key, { code }]) => [key, code])).toEqual([
      ["app_name", "MISSING_VALUE"],
      ["lakebase_name", "MISSING_VALUE"],
      ["schema_name", "MISSING_VALUE"],
    ]);
  });

  it("finds what contradicts each other", async () => {
    const wheel = { file_name: "tellr_app-0.1.0-py3-none-any.whl", content: "UEs=" };
    const values = { ...EMPTY, app_version: "0.1.0" };
    const unkept = { encryption_key: "", local_wheel: wheel };
    const { fields } = await check(deployer, "create", values, unkept);
    expect(fields.app_version?.cause).toContain("wheel");
  });

  it("hands a wheel's megabytes over once, not at each key", async () => {
    const contents: string[] = [];
    const listening = {
      validate(given: Arguments) {
        if (given.local_wheel) contents.push(given.local_wheel.content);
        return undefined;
      },
    };
    const local_wheel = { file_name: "x.whl", content: "A".repeat(1000) };
    for (const app_name of ["t", "te", "tel"]) {
      await check(listening, "create", { ...EMPTY, app_name }, { encryption_key: "", local_wheel });
    }
    expect(contents.filter((content) => content.length === 1000)).toHaveLength(1);
  });

  it("knows the field of a key that stands deep in a file, or has another name there", () => {
    const at = (key: string): DeployError => ({
      code: "INVALID_VALUE",
      class: "input",
      message: "",
      cause: "",
      remedy: "",
      docs: "",
      refused: { key },
    });
    expect(fieldOf(at("environments.production.app_name"))).toBe("app_name");
    expect(fieldOf(at("local_wheel_path"))).toBe("local_wheel");
    expect(fieldOf(at("environment"))).toBeNull();
  });
});
