import { brotliCompressSync } from "node:zlib";
import type { Plugin } from "vite";

const KIB = 1024;
/** Already compressed formats go over the wire as they are. */
const COMPRESSED = /\.woff2$/;

/**
 * Fails the build when what a browser fetches before the first page is complete outgrows the budget.
 *
 * Counted are index.html, the entry script with everything it imports statically, all style sheets
 * and the fonts they name. Chunks that are loaded on demand don't count; that is what they are for.
 *
 * @param limitBytes upper limit after brotli, in bytes
 */
export function firstLoadBudget(limitBytes: number): Plugin {
  return {
    name: "first-load-budget",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const staticChunks = new Set<string>();
        const visit = (fileName: string) => {
          const item = bundle[fileName];
          if (item?.type !== "chunk" || staticChunks.has(fileName)) return;
          staticChunks.add(fileName);
          item.imports.forEach(visit);
        };
        for (const item of Object.values(bundle)) {
          if (item.type === "chunk" && item.isEntry) visit(item.fileName);
        }

        const rows = Object.values(bundle)
          .filter((item) =>
            item.type === "chunk"
              ? staticChunks.has(item.fileName)
              : /\.(html|css|woff2)$/.test(item.fileName),
          )
          .map((item) => {
            const content = Buffer.from(item.type === "chunk" ? item.code : item.source);
            const bytes = COMPRESSED.test(item.fileName)
              ? content.length
              : brotliCompressSync(content).length;
            return { file: item.fileName, bytes };
          });
        const total = rows.reduce((sum, row) => sum + row.bytes, 0);
        const summary = `first load ${(total / KIB).toFixed(1)} KiB brotli (limit ${limitBytes / KIB} KiB)`;

        if (total > limitBytes) {
          const detail = rows.map((row) => `  ${(row.bytes / KIB).toFixed(1)} KiB  ${row.file}`);
          this.error([summary, ...detail].join("\n"));
        }
        this.info(summary);
      },
    },
  };
}
