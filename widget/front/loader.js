/**
 * The file that a notebook loads for each widget: again with each run of the cell, kept in the page while
 * it is open, and saved with the notebook. So it is small: the code, the styles and the deployer's module
 * come compressed from the kernel of the widget, once per page.
 */
const HASH = "__HASH__";
const PAGE = Symbol.for(`tellr.deployer.${HASH}`);
const PROTOCOL = 1;
/** A kernel that is busy with a cell answers when the cell has finished. */
const BUSY_MS = 3_000;

/** The code in this page, and the widgets by name: a view gets another model object than its widget. */
function page() {
  globalThis[PAGE] ??= { models: new Map(), app: null };
  return globalThis[PAGE];
}

/** Requests the compressed files from the kernel. */
function packed(model) {
  const me = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16),
  ).join("");
  return new Promise((resolve, reject) => {
    const hear = (content, buffers) => {
      if (content?.kind !== "files" || content.page !== me) return;
      model.off("msg:custom", hear);
      if (content.hash === HASH) resolve(buffers);
      else reject(new Error("the package was changed; restart the kernel and run the cell again"));
    };
    model.on("msg:custom", hear);
    model.send({ tellr: PROTOCOL, kind: "files", id: 0, page: me, sent: Date.now() });
  });
}

async function inflate(view) {
  const stream = new Blob([view]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

async function load(model) {
  const [code, style, module] = await packed(model);
  const [source, css] = await Promise.all([inflate(code), inflate(style)]);
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    const { begin } = await import(url);
    let compiled = module;
    return begin({
      css: new TextDecoder().decode(css),
      module() {
        const once = inflate(compiled);
        compiled = null;
        return once;
      },
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

function app(model) {
  const here = page();
  here.app ??= load(model).catch((thrown) => {
    here.app = null;
    throw thrown;
  });
  return here.app;
}

function say(el, words) {
  const line = document.createElement("p");
  line.setAttribute("role", "status");
  line.textContent = words;
  el.replaceChildren(line);
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
    const own = page().models.get(key) ?? model;
    say(el, "Asking the notebook's kernel…");
    const busy = "The kernel is busy or was stopped. If this doesn’t change, run the cell again.";
    const late = setTimeout(() => say(el, busy), BUSY_MS);
    try {
      const loaded = await app(own);
      return loaded.show(key, own, el);
    } catch (thrown) {
      say(el, `The widget can't be shown here (${thrown}). In Python: tellr.create()`);
    } finally {
      clearTimeout(late);
    }
  },
};
