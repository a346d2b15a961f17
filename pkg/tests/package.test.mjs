// What goes into the npm package: the files that its manifest promises, all there, and nothing else.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";

const PACKAGE = resolve(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));

const [packed] = JSON.parse(
  execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: PACKAGE, encoding: "utf8" }),
);
const files = packed.files.map(({ path }) => path).sort();

test("it holds what the manifest lists, and what npm always adds", () => {
  assert.deepEqual(files, [...manifest.files, "README.md", "package.json"].sort());
});

test("every entry and every type leads to a file in it", () => {
  const leads = (target) =>
    typeof target === "string" ? [target] : Object.values(target).flatMap(leads);
  const targets = [manifest.types, ...Object.values(manifest.exports).flatMap(leads)];
  assert.ok(targets.length > 3);
  const missing = targets.filter((target) => !files.includes(target.replace(/^\.\//, "")));
  assert.deepEqual(missing, []);
});

test("what its files import is in it", () => {
  const imports = files
    .filter((name) => /\.(js|d\.ts)$/.test(name))
    .flatMap((name) => {
      const text = readFileSync(join(PACKAGE, name), "utf8");
      return [...text.matchAll(/(?:from |new URL\()["'](?:\.\/)?([^"']+)["']/g)].map(
        ([, path]) => path,
      );
    });
  assert.ok(imports.length > 1);
  // A type's file is named as the program that it would stand beside.
  const found = (path) => files.includes(path) || files.includes(path.replace(/\.js$/, ".d.ts"));
  assert.deepEqual(
    imports.filter((path) => !found(path)),
    [],
  );
});

test("no file names a folder of the machine that built it", () => {
  for (const name of files) {
    const content = readFileSync(join(PACKAGE, name), "latin1");
    for (const place of [process.env.HOME, resolve(PACKAGE, "..")]) {
      assert.ok(place && !content.includes(`${place}/`), `${place} stands in ${name}`);
    }
  }
});
