/** Cells of found tables, for people. The value isn't rounded. Pure. */
export type CellKind = "number" | "text" | "date" | "bool";

export function kindOf(name: string): CellKind {
  const kind = name.toLowerCase();
  if (/num|int|decimal|double|float|long/.test(kind)) return "number";
  if (/date|time/.test(kind)) return "date";
  return /bool/.test(kind) ? "bool" : "text";
}

export function shownCell(value: string | number | boolean, kind: CellKind): string {
  const text = String(value);
  if (kind !== "number") return text;
  return grouped(text) ?? text;
}

/** A number with its thousands apart, digit by digit as it was. */
function grouped(text: string): string | null {
  const parts = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  if (!parts) return null;
  const [, sign = "", whole = "", rest = ""] = parts;
  const thousands = whole.length > 4 ? whole.replace(/\B(?=(?:\d{3})+$)/g, ",") : whole;
  return `${sign === "-" ? "−" : ""}${thousands}${rest}`;
}
