// The corpus of configuration files, tests/configurations, through both modules as they are shipped: each file is
// read as its neighbour says. The command line reads the same files in tests/end-to-end.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { Deployer, initSync } from "../deployer.js";
import { load } from "./kernel.mjs";

const PACKAGE = resolve(import.meta.dirname, "..");
const CORPUS = resolve(PACKAGE, "../tests/configurations");

/** What a host hands over of a file: its text as a browser's `File.text()` reads it. */
const decoded = (name) => new TextDecoder().decode(readFileSync(join(CORPUS, name)));

const names = readdirSync(CORPUS);
const samples = names
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => {
    const [values, refusal] = ["json", "txt"].map((end) => name.replace(/yaml$/, end));
    if (!names.includes(values)) {
      const [code, ...words] = decoded(refusal).split("\n").filter(Boolean);
      return { name, code, words };
    }
    assert.ok(!names.includes(refusal), `${name} has one expectation`);
    return { name, ...JSON.parse(decoded(values)) };
  });

/** Reads every file by `parse`, which answers the values or throws the refusal. */
function readsAll(parse) {
  assert.ok(samples.length >= 60, `${samples.length} files`);
  for (const { name, environment, values, code, words } of samples) {
    let outcome;
    try {
      outcome = { values: parse(decoded(name), environment) };
    } catch (refusal) {
      outcome = { refusal };
    }
    if (values) {
      assert.ok(outcome.values, `${name}: ${JSON.stringify(outcome.refusal)}`);
      for (const [key, value] of Object.entries(values)) {
        assert.deepEqual(outcome.values[key], value, `${name}: ${key}`);
      }
    } else {
      assert.ok(outcome.refusal, `${name} is read: ${JSON.stringify(outcome.values)}`);
      const { message, cause, remedy } = outcome.refusal;
      assert.equal(outcome.refusal.code, code, name);
      const said = `${message} ${cause} ${remedy}`;
      for (const part of words)
        assert.ok(said.includes(part), `${name}: \`${part}\` in \`${said}\``);
    }
  }
}

test("the kernel's module reads or refuses every file as its neighbour says", () => {
  const { ask } = load(join(PACKAGE, "kernel.wasm"));
  readsAll((file, environment = null) => {
    const { value, error } = ask({ question: "parse_yaml", file, environment });
    if (error) throw error;
    return value;
  });
});

test("the page's module reads or refuses every file as its neighbour says", () => {
  initSync({ module: readFileSync(join(PACKAGE, "deployer_bg.wasm")) });
  const deployer = new Deployer({ kind: "fetch" });
  readsAll((file, environment) => deployer.parseYaml(file, environment));
});
