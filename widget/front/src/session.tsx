/**
 * One widget in this page, with all its views.
 *
 * A notebook makes and throws away views as one scrolls, and shows a widget in two places if asked to.
 * The form and the run in it belong to the widget: they are rendered once, into an element that the
 * newest view borrows.
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

export class Session {
  readonly #model: Model;
  readonly #assets: Assets;
  readonly #element = document.createElement("div");
  readonly #root: Root;
  readonly #kernel: Kernel;
  readonly #unobserve: () => void;

  constructor(model: Model, assets: Assets) {
    this.#model = model;
    this.#assets = assets;
    this.#kernel = new Kernel(model);
    const style = document.createElement("style");
    style.textContent = assets.css;
    const place = document.createElement("div");
    this.#element.append(style, place);
    this.#root = createRoot(place);
    this.#unobserve = onThemeAround(this.#render);
    model.on("change:theme", this.#render);
  }

  /** Shows the widget in a view; what takes it away again. */
  show(el: HTMLElement): () => void {
    el.replaceChildren(this.#element);
    this.#render();
    return () => {
      if (this.#element.parentElement === el) this.#element.remove();
    };
  }

  /** The widget is gone for good. */
  end(): void {
    this.#unobserve();
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
