/** What is exported, as the dialog is told. */
import type { Choice } from "../api/exports";
import type { Export } from "./exportState";

/** Done before the server is asked: the deck is saved. Says why it can't be; `null`: it is. */
export type Prepare = () => Promise<string | null>;

export interface ExportedDeck {
  session: string;
  slides: number;
  /** The version that is there now; `null`: it has changes that aren't saved. */
  version: number | null;
  saved: Prepare;
}

export interface RowProps {
  choice: Choice;
  deck: ExportedDeck;
  /** The last export of this choice. */
  one: Export | undefined;
}
