/** No engine: the page has no decks yet. */
export const loadEngine = null;
