/** Loads the themes of decks that don't come with the app, each once, when a deck in one is first drawn. */
import { ApiError } from "../api/client";
import { fetchTheme } from "../api/themes";
import type { Theme } from "../deck/theme";

export class MissingThemes {
  private readonly asked = new Set<string>();

  constructor(
    private readonly add: (theme: Theme) => void,
    private readonly fetch: (id: string) => Promise<Theme> = fetchTheme,
  ) {}

  /** Until the theme is there, and if there is none, a deck is drawn in the first one. */
  want(id: string) {
    if (!id.startsWith("style-") || this.asked.has(id)) return;
    this.asked.add(id);
    this.fetch(id)
      .then(this.add)
      .catch((error: unknown) => {
        // One that the user may not see isn't asked for again; after an outage the next slide does.
        if (!(error instanceof ApiError && error.status === 404)) this.asked.delete(id);
      });
  }
}
