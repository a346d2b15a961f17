/**
 * Builds the widget's page into `src/tellr/static`: `deployer.js`, which a notebook loads, and the
 * compressed files that it requests from the kernel.
 *
 * The build tools and React are those of the app's page, in `frontend/node_modules`.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const frontend = createRequire(here("../../frontend/package.json"));
const load = (name) => import(pathToFileURL(frontend.resolve(name)).href);
const { build, minify } = await load("vite");
const { default: react } = await load("@vitejs/plugin-react");
const { default: postcss } = await load("postcss");
const { version } = JSON.parse(readFileSync(here("../../frontend/package.json"), "utf8"));

const alias = [
  { find: /^@tellr\/deployer$/, replacement: here("../../pkg/deployer.js") },
  { find: /^react$/, replacement: frontend.resolve("react") },
  { find: /^react\/jsx-runtime$/, replacement: frontend.resolve("react/jsx-runtime") },
  { find: /^react-dom\/client$/, replacement: frontend.resolve("react-dom/client") },
];
/** The package would fetch its module by URL; here it is passed in, and would otherwise be included twice. */
const withoutModule = {
  name: "without-module",
  enforce: "pre",
  transform: (code, id) =>
    id.endsWith("/pkg/deployer.js")
      ? code.replace(/new URL\(["']deployer_bg\.wasm["'], import\.meta\.url\)/g, "undefined")
      : null,
};
const { output } = await build({
  root: here("."),
  configFile: false,
  logLevel: "warn",
  plugins: [withoutModule, react()],
  resolve: { alias },
  define: {
    "process.env.NODE_ENV": '"production"',
    PACKAGE_VERSION: JSON.stringify(version),
  },
  build: {
    write: false,
    // All browsers that notebooks support have `light-dark()`.
    target: "es2023",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    lib: { entry: here("src/app.ts"), formats: ["es"], fileName: "app", cssFileName: "app" },
  },
}).then((built) => (Array.isArray(built) ? built[0] : built));

const code = output.find(({ type }) => type === "chunk").code;
if (code.includes("data:application/wasm")) throw new Error("the module came along in the code");
const style = scoped(output.find(({ fileName }) => fileName.endsWith(".css")).source);
const module = readFileSync(here("../../pkg/deployer_bg.wasm"));
const place = (name) => here(`../src/tellr/static/${name}`);
const files = { "page.js": code, "page.css": style, "page.wasm": module };
const hash = createHash("sha256");
for (const [name, content] of Object.entries(files)) {
  const packed = gzipSync(content, { level: 9 });
  hash.update(packed);
  writeFileSync(place(`${name}.gz`), packed);
}
const name = hash.digest("hex").slice(0, 16);
const loader = readFileSync(here("loader.js"), "utf8").replace("__HASH__", name);
const { code: small } = await minify("loader.js", loader, { module: true });
writeFileSync(place("deployer.js"), small);
writeFileSync(place("page.hash"), name);

/**
 * Limits our styles to our own element and raises their specificity there: a notebook has rules for `pre`
 * and `a` within its outputs, which take precedence over a single class.
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
      // The root's own classes, and selectors that start with an element's name, which the root can't be.
      return /^[.:[]/.test(selector) ? [`${root}${selector}`, within] : within;
    });
  });
  // Resets only what is known; other properties of those rules can't be undone one by one.
  sheet.prepend(`${root} :where(*:not(svg, svg *)) { all: revert; }`);
  // Among a notebook's own headings.
  sheet.append(`${root}.tellr { --text-display: 1.75rem; }`);
  return sheet.toString();
}
