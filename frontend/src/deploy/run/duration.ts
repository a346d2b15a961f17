/** Durations as short text: `0.4 s`, `12 s`, `1 min 05 s`, `1 h 02 min`. */
export function shortDuration(milliseconds: number): string {
  if (milliseconds < 50) return "< 0.1 s";
  if (milliseconds < 9_950) return `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s`;
  return wholeSeconds(Math.round(milliseconds / 1000) * 1000);
}

/** The same in whole completed seconds, for a running clock. */
export function wholeSeconds(milliseconds: number): string {
  const seconds = Math.floor(Math.max(0, milliseconds) / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${pad(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
