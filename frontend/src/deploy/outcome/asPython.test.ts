import { describe, expect, it } from "vitest";
import { asPython } from "./asPython";

describe("a deployment as Python", () => {
  it("is the call with what was given, in Python's spelling", () => {
    expect(
      asPython("update", {
        app_name: "tellr",
        description: 'Our "slides"\\ for all\n',
        reset_database: true,
        use_test_pypi: false,
        extra_scopes: ["files", "sql"],
        serving_endpoint: "my-model",
        genie_spaces: [],
        schema_name: null,
      }),
    ).toBe(`import tellr

tellr.update(
    app_name="tellr",
    description="Our \\"slides\\"\\\\ for all\\n",
    reset_database=True,
    use_test_pypi=False,
    extra_scopes=["files", "sql"],
    serving_endpoint="my-model",
    genie_spaces=[],
)
`);
  });

  it("is a call without arguments where there were none", () => {
    expect(asPython("create", {})).toBe("import tellr\n\ntellr.create()\n");
  });

  it("names a wheel and holds no key", () => {
    const local_wheel = { file_name: "tellr_app-0.1.0-py3-none-any.whl", content: "UEs=" };
    const text = asPython("create", { encryption_key: "marked-secret", local_wheel });
    expect(text).toContain('local_wheel_path="tellr_app-0.1.0-py3-none-any.whl"');
    expect(text).not.toMatch(/marked-secret|UEs=/);
  });
});
