import { exactCategoryShares } from './category-shares.ts';

/** What an empty bin's share is taken to be: only shares that are exactly 0 are replaced, nothing is renormalised. */
export const EMPTY_SHARE = 1e-4;

/**
 * Population stability index of two share vectors over the same bins: the sum of (p - q) ln(p / q), natural log,
 * symmetric, 0 where nothing moved, without upper limit (Siddiqi 2006, Credit Risk Scorecards; it is the
 * Jeffreys divergence of the binned distributions). Shares equal to 0 count as `EMPTY_SHARE` = 1e-4, so the size
 * of a large PSI depends on that convention: one bin of 10 % that empties adds 0.69. Throws a RangeError where the
 * vectors differ in length.
 */
export function psi(reference: readonly number[], live: readonly number[]): number {
  if (reference.length !== live.length) {
    throw new RangeError(`psi needs the same bins on both sides, got ${reference.length} and ${live.length}`);
  }
  let sum = 0;
  for (const [index, share] of reference.entries()) sum += psiTerm(share, live[index]!);
  return sum;
}

/** What one bin adds to the index; never negative. */
export function psiTerm(reference: number, live: number): number {
  const p = reference === 0 ? EMPTY_SHARE : reference;
  const q = live === 0 ? EMPTY_SHARE : live;
  return (p - q) * Math.log(p / q);
}

/** PSI of two tables of raw category counts, a bin for each category of either. NaN where a side is empty. */
export function exactCategoryPsi(reference: ReadonlyMap<string, number>, live: ReadonlyMap<string, number>): number {
  const shares = exactCategoryShares(reference, live);
  return shares ? psi(shares.reference, shares.live) : Number.NaN;
}
