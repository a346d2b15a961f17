/**
 * Light or dark theme, or the system's.
 *
 * The choice is an attribute on `<html>` that sets `color-scheme`; all colours follow from it through
 * `light-dark()` in tokens.css. `system` is the absence of the attribute. public/theme.js applies a
 * stored choice before the first paint.
 */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = "tellr.theme";

export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

export function applyTheme(theme: Theme): void {
  if (theme === "system") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
  try {
    if (theme === "system") localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // Without storage the choice is kept until the page is closed.
  }
}
