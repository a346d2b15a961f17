/**
 * What a notebook loads for each widget, again with each run of the cell, and never lets go of. So it is
 * little more than three texts, and each stands in a function of its own: an engine skips a function until
 * it is called, which happens once in a page. Nothing comes from anywhere else, as there may be no way.
 */
const PAGE = Symbol.for("tellr.deployer.__HASH__");
const code = () => "__CODE__";
const style = () => "__STYLE__";
const module = () => "__MODULE__";

async function inflate(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

async function load() {
  const [source, css] = await Promise.all([inflate(code()), inflate(style())]);
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    const { begin } = await import(url);
    return begin({ css: new TextDecoder().decode(css), module: () => inflate(module()) });
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The code, in this page, and the widgets by name: a view is given another model object than its widget. */
function page() {
  globalThis[PAGE] ??= { models: new Map(), app: null };
  return globalThis[PAGE];
}

function app() {
  const here = page();
  here.app ??= load().catch((thrown) => {
    here.app = null;
    throw thrown;
  });
  return here.app;
}

function failed(el, thrown) {
  const words = document.createElement("p");
  words.setAttribute("role", "alert");
  words.textContent = `The widget can't be shown here (${thrown}). In Python: tellr.create()`;
  el.replaceChildren(words);
}

export default {
  initialize({ model }) {
    const key = model.get("_key");
    page().models.set(key, model);
    return () => {
      page().models.delete(key);
      page().app?.then((loaded) => loaded.end(key));
    };
  },
  async render({ model, el }) {
    const key = model.get("_key");
    try {
      const loaded = await app();
      return loaded.show(key, page().models.get(key) ?? model, el);
    } catch (thrown) {
      failed(el, thrown);
    }
  },
};
