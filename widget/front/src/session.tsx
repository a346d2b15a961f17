/**
 * One widget in this page, with all its views.
 *
 * A notebook creates and removes views during scrolling, and can show a widget in two places. The form and
 * its run belong to the widget: they are rendered once, into an element that is moved to the newest view.
 */
import { createRoot, type Root } from "react-dom/client";
import { Kernel } from "./kernel";
import type { Model } from "./model";
import { onThemeAround, themeAround } from "./theme";
import { Whole } from "./Whole";
import { Widget } from "./Widget";

export interface Assets {
  css: string;
  module(): Promise<ArrayBuffer>;
}

/** How long a removed view may take to come back. */
const RESTING_MS = 2_000;

export class Session {
  readonly #model: Model;
  readonly #assets: Assets;
  readonly #element = document.createElement("div");
  readonly #root: Root;
  readonly #kernel: Kernel;
  readonly #onRest: () => void;
  readonly #unobserve: () => void;
  #resting: ReturnType<typeof setTimeout> | undefined;

  /** @param onRest called when the widget has had no view for a while and was unmounted */
  constructor(model: Model, assets: Assets, onRest: () => void) {
    this.#onRest = onRest;
    this.#model = model;
    this.#assets = assets;
    this.#kernel = new Kernel(model);
    const style = document.createElement("style");
    style.textContent = assets.css;
    const place = document.createElement("div");
    this.#element.append(style, place);
    place.addEventListener("click", submit);
    this.#root = createRoot(place);
    this.#unobserve = onThemeAround(this.#render);
    model.on("change:theme", this.#render);
  }

  /** Shows the widget in a view; returns a function that removes it. */
  show(el: HTMLElement): () => void {
    clearTimeout(this.#resting);
    el.replaceChildren(this.#element);
    this.#render();
    // The element is attached by then, so it can detect its surroundings.
    requestAnimationFrame(this.#render);
    return () => {
      if (this.#element.parentElement !== el) return;
      this.#element.remove();
      this.#resting = setTimeout(this.#rest, RESTING_MS);
    };
  }

  /**
   * Unmounts a widget without views: most likely the cell was run again. A run continues. The kernel keeps
   * the form's values, in case the widget is shown again.
   */
  readonly #rest = (): void => {
    if (/running|stopping/.test(String(this.#model.get("status")))) return;
    this.end();
    this.#onRest();
  };

  /** The widget was closed. */
  end(): void {
    clearTimeout(this.#resting);
    this.#unobserve();
    this.#model.off("change:theme", this.#render);
    this.#kernel.end();
    this.#root.unmount();
    this.#element.remove();
  }

  readonly #render = (): void => {
    const wanted = this.#model.get("theme");
    const theme = wanted === "light" || wanted === "dark" ? wanted : themeAround(this.#element);
    this.#element.style.colorScheme = theme;
    this.#root.render(
      <Whole theme={theme}>
        <Widget
          model={this.#model}
          kernel={this.#kernel}
          module={this.#assets.module}
          theme={theme}
        />
      </Whole>,
    );
  };
}

/**
 * Submits a form with an event only. A sandboxed frame without `allow-forms` blocks the native submission,
 * without any event.
 */
function submit(event: MouseEvent): void {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (button?.type !== "submit" || !button.form || event.defaultPrevented) return;
  event.preventDefault();
  button.form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
}
