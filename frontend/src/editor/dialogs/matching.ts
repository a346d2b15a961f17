/** The items in whose names every typed word begins a word, those that begin with it first. */
export function matching<T>(
  items: readonly T[],
  search: string,
  nameOf: (item: T) => string,
): readonly T[] {
  const typed = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (typed.length === 0) return items;
  const rank = (item: T): number => {
    const words = nameOf(item)
      .toLowerCase()
      .split(/[\s:,]+/);
    const places = typed.map((one) => words.findIndex((word) => word.startsWith(one)));
    return places.includes(-1) ? Number.POSITIVE_INFINITY : Math.max(...places);
  };
  return items
    .map((item) => ({ item, rank: rank(item) }))
    .filter(({ rank }) => Number.isFinite(rank))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}
