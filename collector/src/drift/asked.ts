import type { Summary } from '@tidemark/sketch';

/**
 * The smallest value with a share of `p` (0..1) of the values at or below it, in the unit of the series; NaN for none. Digests
 * of any set of processes merge to the digest of all their values, so it is that of all, as exact as the digest: the
 * highest and lowest percentiles of a window keep their own values.
 */
export function quantileOf(live: Summary, p: number): number {
  return live.digest.count === 0 ? Number.NaN : live.digest.quantile(p);
}

/** Share of the valid numbers below a bound, the bound itself not counted. 0..1, NaN for none. */
export function shareBelow(live: Summary, bound: number): number {
  return live.digest.count === 0 ? Number.NaN : live.digest.cdfBelow(bound);
}

/** Share of the valid values that are this category: its count is exact while the summary lists all categories. 0..1, NaN for none. */
export function categoryShare(live: Summary, category: string): number {
  const { categories } = live;
  return categories.total === 0 ? Number.NaN : categories.count(category) / categories.total;
}

/** Share of the numbers that can be no probability: below 0, above 1, or infinite. 0..1, NaN for none. */
export function impossibleShare(live: Summary): number {
  const { kinds, digest } = live;
  const infinite = kinds.positiveInfinity + kinds.negativeInfinity;
  const numbers = kinds.valid + infinite;
  if (numbers === 0) return Number.NaN;
  const outside = digest.count === 0 ? 0 : digest.cdfBelow(0) + (1 - digest.cdf(1));
  // The two subtractions leave about 1e-16, which would make `fire: "> 0"` fire on nothing.
  return ((outside * kinds.valid < 0.5 ? 0 : outside * kinds.valid) + infinite) / numbers;
}
