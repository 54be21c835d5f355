import type { Categories } from '@tidemark/sketch';

/**
 * Share of the different categories of the live side, each counted once, that the baseline has not: 0.5 where half of the
 * names are new, however rare they are. `unseenShare` is about rows: one new name in a million rows is 1e-6 there. 0..1;
 * NaN where a side is empty. Of ids it is near 1 by nature.
 *
 * New are as many as the two sides together have more than the baseline. Exact while both list all their categories, and
 * up to 2 048 different ones together; beyond, numbers of different ones are estimates (`DISTINCT_STANDARD_ERROR`, 0.8 % of
 * both together). Names that are all known add nothing to an estimate, so without new ones it is 0 there too.
 */
export function newCategoryShare(reference: Categories, live: Categories): number {
  if (reference.total === 0 || live.total === 0) return Number.NaN;
  if (reference.exact && live.exact) {
    const known = new Set(reference.entries().map(({ key }) => key));
    return live.entries().filter(({ key }) => !known.has(key)).length / live.size;
  }
  const both = reference.clone();
  both.merge(live);
  const added = both.distinct - reference.distinct;
  return Math.min(1, Math.max(0, added / live.distinct));
}

/** The same of raw category counts. */
export function exactNewCategoryShare(
  reference: ReadonlyMap<string, number>,
  live: ReadonlyMap<string, number>,
): number {
  if (reference.size === 0 || live.size === 0) return Number.NaN;
  return [...live.keys()].filter((key) => !reference.has(key)).length / live.size;
}
