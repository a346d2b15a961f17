/** The part of anywidget's interface that is used, which is the same in all versions. */

/** Traits, and messages that are not saved. */
export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
  on(name: string, callback: (...arguments_: never[]) => void): void;
  off(name: string, callback: (...arguments_: never[]) => void): void;
}

export interface Shown {
  model: Model;
  el: HTMLElement;
  /** Since anywidget 0.10; aborted when the model or the view is removed. */
  signal?: AbortSignal;
}
