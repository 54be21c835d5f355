import { exactCategoryShares, sizeOf } from './category-shares.ts';

/**
 * Pearson's chi-square of the 2 x k table of counts that two share vectors over the same bins and the sizes of the two
 * sides stand for: a test of homogeneity with k - 1 degrees of freedom, k the bins that are not empty on both sides, and
 * no correction of Yates (scipy's `chi2_contingency(correction=False)`). As sum n m (p - q)^2 / (n p + m q), which is
 * the usual sum over all cells without the expected counts. Throws a RangeError where the vectors differ in length.
 */
export function chiSquare(
  reference: readonly number[],
  live: readonly number[],
  referenceCount: number,
  liveCount: number,
): number {
  if (reference.length !== live.length) {
    throw new RangeError(`chi-square needs the same bins on both sides, got ${reference.length} and ${live.length}`);
  }
  let sum = 0;
  for (const [index, p] of reference.entries()) {
    const q = live[index]!;
    if (p !== q) sum += (referenceCount * liveCount * (p - q) ** 2) / (referenceCount * p + liveCount * q);
  }
  return sum;
}

/**
 * Cramér's V (1946) between the category and the side it comes from: sqrt(chi-square / N), N the values of both sides, 0
 * where the shares are the same, 1 where no category is on both sides; its usual divisor min(rows, columns) - 1 is 1. Not
 * corrected for bias: with no drift its square is about (k - 1) / N. Symmetric. Sides of very different sizes (m far below
 * n) make it small unless categories came that the larger has not: its square is then about m / n sum (p - q)^2 / p.
 */
export function cramersV(
  reference: readonly number[],
  live: readonly number[],
  referenceCount: number,
  liveCount: number,
): number {
  const square = chiSquare(reference, live, referenceCount, liveCount) / (referenceCount + liveCount);
  return Math.min(1, Math.sqrt(square));
}

/** The same of raw category counts, over every category of either side. NaN where a side is empty. */
export function exactCramersV(reference: ReadonlyMap<string, number>, live: ReadonlyMap<string, number>): number {
  const shares = exactCategoryShares(reference, live);
  return shares ? cramersV(shares.reference, shares.live, sizeOf(reference), sizeOf(live)) : Number.NaN;
}
