import type { Moments } from '@tidemark/sketch';

/** Beyond so much the ratio of two variances counts as this: a side that has become constant is far away, not infinitely. */
export const MOST_VARIANCE_RATIO = 1e4;

/**
 * Natural logarithm of the live variance over the baseline's: 0 where the spread is the same, ln 2 = 0.69 where it has
 * doubled, -0.69 where it has halved. A logarithm and not the ratio itself, so that both directions have the same scale,
 * the sign tells them apart, and 0 means no change as with every other shift (Levene's and Bartlett's tests take
 * logarithms as well). It stays within ln of MOST_VARIANCE_RATIO, 9.2, which is also the answer for a live side without any
 * spread. NaN where a side is empty. Throws a RangeError where a constant baseline has begun to vary.
 */
export function varianceShift(reference: Moments, live: Moments): number {
  if (reference.count === 0 || live.count === 0) return Number.NaN;
  if (reference.variance === 0) {
    if (live.variance === 0) return 0;
    throw new RangeError(
      'the baseline is constant, so its variance cannot be compared with; use ks, psi or range_share',
    );
  }
  const ratio = live.variance / reference.variance;
  return Math.log(Math.min(Math.max(ratio, 1 / MOST_VARIANCE_RATIO), MOST_VARIANCE_RATIO));
}
