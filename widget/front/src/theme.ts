/** The theme of the notebook, which may differ from the system's and takes precedence. */

type Side = "light" | "dark";

/** Theme indicators, most reliable first. */
function surroundings(el: HTMLElement): Side | null {
  const body = document.body;
  const { jpThemeLight, vscodeThemeKind } = body.dataset;
  if (jpThemeLight !== undefined) return jpThemeLight === "false" ? "dark" : "light";
  if (vscodeThemeKind !== undefined)
    return /dark|high-contrast$/.test(vscodeThemeKind) ? "dark" : "light";
  // marimo: on its own element, outside of the widget's shadow root.
  for (let at: Element | null = el; at; at = at.parentElement ?? hostOf(at)) {
    if (at.classList.contains("dark")) return "dark";
    if (at.classList.contains("light")) return "light";
  }
  return null;
}

function hostOf(el: Element): Element | null {
  const root = el.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

const system = matchMedia("(prefers-color-scheme: dark)");

export function themeAround(el: HTMLElement): Side {
  return surroundings(el) ?? (system.matches ? "dark" : "light");
}

/** Called whenever it may have changed. */
export function onThemeAround(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  const attributes = {
    attributes: true,
    attributeFilter: ["class", "data-jp-theme-light", "data-vscode-theme-kind"],
  };
  observer.observe(document.body, attributes);
  observer.observe(document.documentElement, attributes);
  system.addEventListener("change", listener);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", listener);
  };
}
