// Measures the deployer's modules: as they are, and as a browser downloads them.
//
// usage: node modules.mjs MODULE.wasm...
//
// Prints the sizes and leaves them for the summary of `make test`; fails if one is too large.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/**
 * What each module may have after brotli. It guards against bloat. The kernel's has the texts of the
 * command line, which a page has no use for.
 */
const LARGEST_BROTLI_BYTES = { "deployer_bg.wasm": 440 * 1024, "kernel.wasm": 480 * 1024 };
const SUMMARY = resolve(import.meta.dirname, "../../.cache/setup/figures/modules.txt");

function sizes(path) {
  const module = readFileSync(path);
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = {
    [BROTLI_PARAM_QUALITY]: 11,
    [BROTLI_PARAM_LGWIN]: 24,
    [BROTLI_PARAM_SIZE_HINT]: module.length,
  };
  return {
    name: basename(path),
    raw: module.length,
    gzip: gzipSync(module, { level: 9 }).length,
    brotli: brotliCompressSync(module, { params }).length,
  };
}

const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
const modules = process.argv.slice(2).map(sizes);
const lines = modules.map(
  ({ name, raw, gzip, brotli }) =>
    `  ${name.padEnd(22)} ${kib(raw)}, gzip ${kib(gzip)}, brotli ${kib(brotli)}\n`,
);
process.stdout.write(lines.join(""));
mkdirSync(dirname(SUMMARY), { recursive: true });
writeFileSync(SUMMARY, lines.join(""));

for (const { name, brotli } of modules) {
  const largest = LARGEST_BROTLI_BYTES[name] ?? 0;
  if (brotli <= largest) continue;
  process.stderr.write(`${name} is larger than ${kib(largest)} after brotli\n`);
  process.exitCode = 1;
}
