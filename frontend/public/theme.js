// Applies a stored theme before the first paint. The rest of the theme is src/theme/theme.ts.
try {
  const stored = localStorage.getItem("tellr.theme");
  if (stored === "light" || stored === "dark") document.documentElement.dataset.theme = stored;
} catch {
  // Storage is refused in some embedded frames; the system's setting holds then.
}
