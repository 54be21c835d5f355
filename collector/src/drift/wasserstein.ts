import type { Digest, Summary } from '@tidemark/sketch';
import { eachGap } from './curve-gaps.ts';
import { inSigmas } from './sigmas.ts';

/**
 * 1-Wasserstein (earth mover) distance of two digests: the area between their distribution functions, in the unit of the
 * series (Vallender 1974). Both functions are straight between knots, so the area is exact for the digests; see
 * `wassersteinError` for how far these are from their values. NaN where a side is empty.
 */
export function wasserstein(reference: Digest, live: Digest): number {
  if (reference.count === 0 || live.count === 0) return Number.NaN;
  let area = 0;
  let [from, gapAtFrom] = [Number.NaN, 0];
  eachGap(reference, live, (to, below, at) => {
    const gap = meanSize(gapAtFrom, below);
    // No gap is no area, also where the width overflows, and before the first knot.
    if (gap > 0) area += gap * (to - from);
    [from, gapAtFrom] = [to, at];
  });
  return area;
}

/** The same distance on raw values, as scipy's `wasserstein_distance`; both arrays ascending. NaN where a side is empty. */
export function exactWasserstein(reference: ArrayLike<number>, live: ArrayLike<number>): number {
  if (reference.length === 0 || live.length === 0) return Number.NaN;
  let area = 0;
  let from = Number.NaN;
  let i = 0;
  let j = 0;
  while (i < reference.length || j < live.length) {
    const to = Math.min(reference[i] ?? Number.POSITIVE_INFINITY, live[j] ?? Number.POSITIVE_INFINITY);
    const gap = Math.abs(i / reference.length - j / live.length);
    if (gap > 0) area += gap * (to - from);
    while (i < reference.length && reference[i]! <= to) i++;
    while (j < live.length && live[j]! <= to) j++;
    from = to;
  }
  return area;
}

/**
 * Wasserstein distance in population standard deviations of the baseline: 0.5 means that the values have moved by half
 * a sigma on average. Throws a RangeError where a constant baseline has begun to move, see `inSigmas`.
 */
export function wassersteinPerSigma(reference: Summary, live: Summary): number {
  return inSigmas(wasserstein(reference.digest, live.digest), reference.moments.deviation);
}

/** The mean of |y| along a straight line from `a` to `b`, which may cross 0. */
function meanSize(a: number, b: number): number {
  if (a * b >= 0) return Math.abs(a + b) / 2;
  return (a * a + b * b) / (2 * Math.abs(a - b));
}
