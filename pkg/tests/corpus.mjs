// The corpus of configuration files, for a module: see deployer-wasm/tests/configurations.rs.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const FOLDER = resolve(import.meta.dirname, "../../tests/configurations");

/** Each file as a browser or a kernel reads it, with what is expected of it. */
export function corpus() {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));
  assert.ok(names.length >= 60, "the corpus is there");
  return names.map((name) => {
    const text = new TextDecoder().decode(readFileSync(join(FOLDER, name)));
    const beside = (extension) => {
      try {
        return readFileSync(join(FOLDER, name.replace(".yaml", extension)), "utf8");
      } catch {
        return null;
      }
    };
    const [json, words] = [beside(".json"), beside(".txt")];
    assert.ok((json === null) !== (words === null), `${name} has one expectation`);
    return {
      name,
      text,
      expected: json === null ? null : JSON.parse(json),
      refusal: words === null ? null : words.trimEnd().split("\n"),
    };
  });
}

/** Checks what came of a file: `{ values }`, or `{ error }`. */
export function check({ name, expected, refusal }, { values, error }) {
  if (expected) {
    assert.equal(error, undefined, `${name}: ${JSON.stringify(error)}`);
    for (const [key, value] of Object.entries(expected.values)) {
      assert.deepEqual(values[key], value, `${name}: ${key}`);
    }
    return;
  }
  assert.ok(error, `${name} is refused`);
  const [code, ...words] = refusal;
  assert.equal(error.code, code, name);
  const said = `${error.message} ${error.cause} ${error.remedy}`;
  // How a browser tells of a byte that it can't decode differs from how a program does.
  for (const part of code === "YAML_ENCODING" ? [] : words) {
    assert.ok(said.includes(part), `${name}: "${part}" in "${said}"`);
  }
}
