import { brotliCompressSync } from "node:zlib";
import type { Plugin, Rolldown } from "vite";

const KIB = 1024;
/** Already compressed formats go over the wire as they are. */
const COMPRESSED = /\.woff2$/;

export interface Budgets {
  /** What a browser fetches before the first page is complete; bytes after brotli. */
  firstLoad: number;
  /** The scripts that the deploy page fetches beyond that. */
  deployPage: number;
  /** The scripts that the editor fetches beyond that, without the module that lays slides out. */
  editor: number;
}

interface Row {
  file: string;
  bytes: number;
}

/**
 * Prints what each page costs to load, and fails the build when one outgrows its budget.
 *
 * The first load is index.html, the entry script with everything it imports statically, their style
 * sheets and their fonts. Chunks that are loaded on demand don't count to it; that is what they are for.
 * The deployer's WebAssembly has a limit of its own where it is built.
 */
export function loadBudgets(budgets: Budgets): Plugin {
  return {
    name: "load-budgets",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const chunks = Object.values(bundle).filter((item) => item.type === "chunk");
        const first = closure(
          bundle,
          chunks.filter(({ isEntry }) => isEntry),
          ({ imports }) => imports,
        );
        const pageOf = (file: string) =>
          closure(
            bundle,
            chunks.filter(({ facadeModuleId }) => facadeModuleId?.endsWith(file)),
            // Not on through the first load: it leads to all pages.
            (chunk) => (first.has(chunk) ? [] : [...chunk.imports, ...chunk.dynamicImports]),
          );
        const beyondFirst = (file: string) =>
          [...pageOf(file)].filter((chunk) => !first.has(chunk)).map(weigh);
        const styles = new Set([...first].flatMap((chunk) => [...stylesOf(chunk)]));
        const files = Object.values(bundle);
        const fonts = fontsOf(files.filter(({ fileName }) => styles.has(fileName)));
        const parts: [string, number, Row[]][] = [
          [
            "first load",
            budgets.firstLoad,
            files
              .filter((item) =>
                item.type === "chunk"
                  ? first.has(item)
                  : styles.has(item.fileName) ||
                    item.fileName.endsWith(".html") ||
                    fonts.has(item.fileName),
              )
              .map(weigh),
          ],
          ["deploy page's scripts", budgets.deployPage, beyondFirst("/DeployPage.tsx")],
          ["editor's scripts", budgets.editor, beyondFirst("/EditorPage.tsx")],
        ];
        for (const [name, limit, rows] of parts) {
          const total = rows.reduce((sum, { bytes }) => sum + bytes, 0);
          const summary = `${name} ${kib(total)} brotli (limit ${kib(limit)})`;
          if (total > limit) {
            this.error(
              [summary, ...rows.map(({ file, bytes }) => `  ${kib(bytes)}  ${file}`)].join("\n"),
            );
          }
          this.info(summary);
        }
      },
    },
  };
}

type Bundle = Rolldown.OutputBundle;
type Chunk = Rolldown.OutputChunk;

/** `from`, and all that `next` leads to. */
function closure(bundle: Bundle, from: Chunk[], next: (chunk: Chunk) => string[]): Set<Chunk> {
  const reached = new Set<Chunk>();
  const visit = (chunk: Rolldown.OutputAsset | Chunk | undefined) => {
    if (chunk?.type !== "chunk" || reached.has(chunk)) return;
    reached.add(chunk);
    for (const fileName of next(chunk)) visit(bundle[fileName]);
  };
  for (const chunk of from) visit(chunk);
  return reached;
}

function stylesOf(chunk: Chunk): Iterable<string> {
  return chunk.viteMetadata?.importedCss ?? [];
}

/** The fonts that style sheets name. Slides have others, which are loaded with a deck. */
function fontsOf(sheets: (Rolldown.OutputAsset | Chunk)[]): Set<string> {
  const named = sheets.flatMap((sheet) =>
    sheet.type === "asset" ? (sheet.source.toString().match(/assets\/[\w.-]+\.woff2/g) ?? []) : [],
  );
  return new Set(named);
}

function weigh(item: Rolldown.OutputAsset | Chunk): Row {
  const content = Buffer.from(item.type === "chunk" ? item.code : item.source);
  const bytes = COMPRESSED.test(item.fileName)
    ? content.length
    : brotliCompressSync(content).length;
  return { file: item.fileName, bytes };
}

function kib(bytes: number): string {
  return `${(bytes / KIB).toFixed(1)} KiB`;
}
