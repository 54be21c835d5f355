import type { Categories } from '@tidemark/sketch';
import { exactCategoryShares, type ShareTable } from './category-shares.ts';
import { certainCounts } from './certain-counts.ts';

/**
 * The largest difference of any bin's share, 0..1 (Chebyshev's distance, as NannyML's `l_infinity`): the one bin that moved
 * most. Throws a RangeError where the vectors differ in length.
 */
export function lInfinity(reference: readonly number[], live: readonly number[]): number {
  if (reference.length !== live.length) {
    throw new RangeError(`l_infinity needs the same bins on both sides, got ${reference.length} and ${live.length}`);
  }
  return reference.reduce((most, share, index) => Math.max(most, Math.abs(share - live[index]!)), 0);
}

/** The same of raw category counts, over every category of either side. NaN where a side is empty. */
export function exactCategoryLInfinity(
  reference: ReadonlyMap<string, number>,
  live: ReadonlyMap<string, number>,
): number {
  const shares = exactCategoryShares(reference, live);
  return shares ? lInfinity(shares.reference, shares.live) : Number.NaN;
}

/**
 * The same of summaries, over every category that either lists, by what is certain: not over the bins of the baseline,
 * since a single new category is what it is there to see. Exact while both list all; beyond, off by at most what an
 * unlisted category can have been, `unlistedMost / total` of the two sides added up. NaN where a side is empty.
 */
export function categoryLInfinity(reference: Categories, live: Categories): number {
  if (reference.total === 0 || live.total === 0) return Number.NaN;
  const { reference: expected, live: found } = certainShares(reference, live);
  return lInfinity(expected, found);
}

/** Certain shares of all values, over every category that either side lists; the rest belongs to none. */
function certainShares(reference: Categories, live: Categories): ShareTable {
  const [expected, found] = [certainCounts(reference), certainCounts(live)];
  const keys = [...new Set([...expected.keys(), ...found.keys()])];
  return {
    reference: keys.map((key) => (expected.get(key) ?? 0) / reference.total),
    live: keys.map((key) => (found.get(key) ?? 0) / live.total),
  };
}
