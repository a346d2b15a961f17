/** Starts the widget's code in a page: once, for any number of widgets. */
import type { Model } from "./model";
import { type Assets, Session } from "./session";

export interface App {
  /** Shows a widget in a view; returns a function that removes the view. `key` names the widget. */
  show(key: string, model: Model, el: HTMLElement): () => void;
  /** A widget was closed. */
  end(key: string): void;
}

export function begin(assets: Assets): App {
  const sessions = new Map<string, Session>();
  return {
    show(key, model, el) {
      let session = sessions.get(key);
      if (!session) {
        session = new Session(model, assets, () => sessions.delete(key));
        sessions.set(key, session);
      }
      return session.show(el);
    },
    end(key) {
      sessions.get(key)?.end();
      sessions.delete(key);
    },
  };
}
