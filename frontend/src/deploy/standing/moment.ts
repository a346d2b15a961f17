/** A time as text without a preposition: `13:15`, with the date if it is not today. */
export function plainMoment(timestamp: string): string {
  return shortMoment(timestamp).replace(/^(on|at) /, "");
}

/** A time as text: `at 13:15`, with the date if it is not today. */
export function shortMoment(timestamp: string, now: Date = new Date()): string {
  const moment = new Date(timestamp);
  if (Number.isNaN(moment.getTime())) return "at an unknown time";
  const time = moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (moment.toDateString() === now.toDateString()) return `at ${time}`;
  const day = moment.toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" });
  return `on ${day} at ${time}`;
}
