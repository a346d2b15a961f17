/** A list with one item before the place `to`, counted before it is taken out; the same list if nothing changes. */
export function moved<T extends { key: string }>(
  rows: readonly T[],
  key: string,
  to: number,
): readonly T[] {
  const from = rows.findIndex((row) => row.key === key);
  const row = rows[from];
  if (!row || to < 0 || to > rows.length || to === from || to === from + 1) return rows;
  const others = rows.filter((one) => one !== row);
  return others.toSpliced(to > from ? to - 1 : to, 0, row);
}
