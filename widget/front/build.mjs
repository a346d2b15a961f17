/**
 * Builds `src/tellr/static/deployer.js`: one module with everything inside, for any notebook.
 *
 * The tools and React are the page's own, in `frontend/node_modules`.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const frontend = createRequire(here("../../frontend/package.json"));
const load = (name) => import(pathToFileURL(frontend.resolve(name)).href);
const { build } = await load("vite");
const { default: react } = await load("@vitejs/plugin-react");
const { default: postcss } = await load("postcss");
const { version } = JSON.parse(readFileSync(here("../../frontend/package.json"), "utf8"));

const alias = [
  { find: /^@tellr\/deployer$/, replacement: here("../../pkg/deployer.js") },
  { find: /^react$/, replacement: frontend.resolve("react") },
  { find: /^react\/jsx-runtime$/, replacement: frontend.resolve("react/jsx-runtime") },
  { find: /^react-dom\/client$/, replacement: frontend.resolve("react-dom/client") },
];
const { output } = await build({
  root: here("."),
  configFile: false,
  logLevel: "warn",
  plugins: [react()],
  resolve: { alias },
  define: {
    "process.env.NODE_ENV": '"production"',
    PACKAGE_VERSION: JSON.stringify(version),
  },
  build: {
    write: false,
    // Of what notebooks run in, all know `light-dark()`.
    target: "es2023",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    lib: { entry: here("src/app.ts"), formats: ["es"], fileName: "app", cssFileName: "app" },
  },
}).then((built) => (Array.isArray(built) ? built[0] : built));

const code = output.find(({ type }) => type === "chunk").code;
const style = scoped(output.find(({ fileName }) => fileName.endsWith(".css")).source);
const module = readFileSync(here("../../pkg/deployer_bg.wasm"));
const packed = (bytes) => gzipSync(bytes, { level: 9 }).toString("base64");
const texts = { CODE: packed(code), STYLE: packed(style), MODULE: packed(module) };
const hash = createHash("sha256").update(Object.values(texts).join()).digest("hex").slice(0, 16);

let loader = readFileSync(here("loader.js"), "utf8");
for (const [name, text] of Object.entries({ ...texts, HASH: hash })) {
  const place = `__${name}__`;
  if (loader.split(place).length !== 2)
    throw new Error(`the loader has not one place for ${place}`);
  loader = loader.replace(place, () => text);
}
writeFileSync(here("../src/tellr/static/deployer.js"), loader);

/**
 * In somebody else's page our styles end at our own element, and there they win: a notebook has rules
 * for `pre` and `a` within its outputs, and those count for more than a class alone.
 */
function scoped(css) {
  const root = ".tellr.tellr";
  const sheet = postcss.parse(css);
  sheet.walkRules((rule) => {
    if (rule.parent.type === "atrule" && rule.parent.name.endsWith("keyframes")) return;
    rule.selectors = rule.selectors.flatMap((selector) => {
      if (/^(:root|:host|\.tellr)/.test(selector)) {
        return selector.replace(/^(:root|:host|\.tellr)/, `${root}.tellr`);
      }
      const within = `${root} ${selector}`;
      // The root's own classes, and what begins with an element's name, which it can't be.
      return /^[.:[]/.test(selector) ? [`${root}${selector}`, within] : within;
    });
  });
  // Beside a notebook's own headings.
  sheet.append(`${root}.tellr { --text-display: 1.75rem; }`);
  return sheet.toString();
}
