import { useEffect, useEffectEvent } from "react";
import { ACTIONS, isEnabled } from "./actions";
import { matches } from "./actions/keys";
import type { Editor } from "./Editor";

/** Runs actions by their keys, wherever the focus is in the page. */
export function useKeys(editor: Editor) {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const inField = isField(event.target);
    const found = ACTIONS.find(
      (action) =>
        [action.keys, action.otherKeys].some((keys) => keys && matches(keys, event)) &&
        (!inField || action.whileEditing) &&
        isEnabled(action, editor),
    );
    // Keys without a modifier belong to the button or menu that has the focus.
    if (!found || (event.key === "Enter" && !event.ctrlKey && isControl(event.target))) return;
    event.preventDefault();
    found.run(editor);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => press(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}

function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, dialog") !== null;
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, a, [role=menu]") !== null;
}
