/**
 * Writes the types of the API's JSON, from its OpenAPI document.
 *
 * usage: api-types.mjs [--check]     with --check: writes nothing, fails if the file is stale
 *
 * `src/api/openapi.json` is what `tellr-app openapi` prints; a test of the app says when it is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";

const file = (name) => new URL(`../src/api/${name}`, import.meta.url);
const REFERENCE = "#/components/schemas/";
// The page has its own types of what a deck is made of, with which it also draws and edits.
const OF_DECKS = {
  Deck: "Deck",
  Document: "Deck",
  Patch: "Patch",
  PatchDocument: "Patch",
  Slide: "Slide",
  SlideDocument: "Slide",
};
const BANNER = `// Generated from openapi.json by \`npm run api-types\`: edit the server's types instead.
import type { Deck, Slide } from "../deck/model";
import type { Patch } from "../deck/patch";`;

const document = JSON.parse(readFileSync(file("openapi.json"), "utf8"));

/** The names of the schemas that `value` refers to, and of those that they refer to. */
function reached(value, names = new Set()) {
  if (typeof value !== "object" || value === null) return names;
  for (const [key, inner] of Object.entries(value)) {
    if (key !== "$ref") {
      reached(inner, names);
      continue;
    }
    const name = inner.slice(REFERENCE.length);
    if (name in OF_DECKS || names.has(name)) continue;
    names.add(name);
    reached(document.components.schemas[name], names);
  }
  return names;
}

/** The schema without what stands beside a reference, for which there would be a copy of its target. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (typeof value.$ref !== "string") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  const name = value.$ref.slice(REFERENCE.length);
  return name in OF_DECKS ? { tsType: OF_DECKS[name] } : { $ref: `#/$defs/${name}` };
}

const names = [...reached(document.paths)].toSorted();
const definitions = names.map((name) => [name, plain(document.components.schemas[name])]);
const schema = {
  type: "object",
  additionalProperties: false,
  $defs: Object.fromEntries(definitions),
};
const types = await compile(schema, "Nothing", {
  additionalProperties: false,
  bannerComment: BANNER,
  ignoreMinAndMaxItems: true,
  unreachableDefinitions: true,
  style: { printWidth: 100, bracketSpacing: true },
});
const REMARK = / \*(?: \n| ?\n) \* This interface was referenced by [^\n]*\n \* via the [^\n]*\n/g;
const ONLY_REMARK =
  /\/\*\*\n \* This interface was referenced by [^\n]*\n \* via the [^\n]*\n \*\/\n/g;
const written = types
  .replace(/export interface Nothing \{\}\n/, "")
  .replace(REMARK, "")
  .replace(ONLY_REMARK, "");

const target = file("schema.generated.ts");
if (!process.argv.includes("--check")) writeFileSync(target, written);
else if (readFileSync(target, "utf8") !== written) {
  process.stderr.write(
    "src/api/schema.generated.ts is stale: run `npm run api-types` in frontend/\n",
  );
  process.exitCode = 1;
}
