/** The one table of actions. */
import type { Action } from "./action";
import { BLOCK_ACTIONS, INSERT_ACTIONS } from "./block";
import { DECK_ACTIONS } from "./deck";
import { SLIDE_ACTIONS } from "./slide";
import { VIEW_ACTIONS } from "./view";

export type { Action } from "./action";
export { isEnabled } from "./action";
export { INSERT_ACTIONS } from "./block";
export { addSlide } from "./slide";

// Where two have the same keys, the first that can be done now has them: with a block selected, its own.
export const ACTIONS: readonly Action[] = [
  ...BLOCK_ACTIONS,
  ...SLIDE_ACTIONS,
  ...INSERT_ACTIONS,
  ...DECK_ACTIONS,
  ...VIEW_ACTIONS,
];

export function action(id: string): Action {
  const found = ACTIONS.find((one) => one.id === id);
  if (!found) throw new Error(`there is no action ${id}`);
  return found;
}
