/** Shares of two tables over the same categories. */
export type ShareTable = { readonly reference: readonly number[]; readonly live: readonly number[] };

/** Shares of two tables of raw category counts, a bin for each category of either; null where a side is empty. */
export function exactCategoryShares(
  reference: ReadonlyMap<string, number>,
  live: ReadonlyMap<string, number>,
): ShareTable | null {
  const [n, m] = [sizeOf(reference), sizeOf(live)];
  if (n === 0 || m === 0) return null;
  const keys = [...new Set([...reference.keys(), ...live.keys()])];
  return {
    reference: keys.map((key) => (reference.get(key) ?? 0) / n),
    live: keys.map((key) => (live.get(key) ?? 0) / m),
  };
}

/** How many values a table counts. */
export function sizeOf(counts: ReadonlyMap<string, number>): number {
  let size = 0;
  for (const count of counts.values()) size += count;
  return size;
}
