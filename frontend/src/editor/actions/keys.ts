/** Keys as they are written in the table of actions, pressed, and shown. */

export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

export const isMac =
  typeof navigator !== "undefined" && /Mac|iP(hone|ad)/.test(navigator.userAgent);

export function matches(keys: string, pressed: Pressed, mac = isMac): boolean {
  const parts = keys.split("+");
  const key = parts.at(-1);
  const mod = mac ? pressed.metaKey : pressed.ctrlKey;
  const other = mac ? pressed.ctrlKey : pressed.metaKey;
  // `/` needs Shift on some keyboards.
  const shift = key === "/" || parts.includes("Shift") === pressed.shiftKey;
  // A Mac's delete key is called Backspace.
  const name = pressed.key === "Backspace" ? "Delete" : pressed.key;
  return (
    name.toLowerCase() === key?.toLowerCase() &&
    parts.includes("Mod") === mod &&
    !other &&
    parts.includes("Alt") === pressed.altKey &&
    shift
  );
}

const NAMES: Record<string, string> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  PageUp: "Page up",
  PageDown: "Page down",
  Escape: "Esc",
};
const MAC: Record<string, string> = { Mod: "⌘", Shift: "⇧", Alt: "⌥", Delete: "⌫" };

export function shown(keys: string, mac = isMac): string {
  const parts = keys.split("+").map((part) => {
    if (mac && MAC[part]) return MAC[part];
    return part === "Mod" ? "Ctrl" : (NAMES[part] ?? part);
  });
  return parts.join(mac ? "" : "+");
}
