import type { Digest } from '@tidemark/sketch';
import { eachGap } from './curve-gaps.ts';

/**
 * Kolmogorov-Smirnov distance of two digests: the largest gap between their distribution functions, 0..1. Both
 * functions are piecewise linear with jumps at atoms, so the gap is largest at a knot of one of them or just
 * below one; all knots of both are tried, from the right (`cdf`) and from the left (`cdfBelow`), and the answer
 * is exact for the digests. Against the raw values it is off by at most the rank errors of the two digests added
 * up: |sup|F'-G'| - sup|F-G|| <= sup|F'-F| + sup|G'-G|; see `rankErrorBound`. NaN where a side is empty.
 */
export function ks(reference: Digest, live: Digest): number {
  if (reference.count === 0 || live.count === 0) return Number.NaN;
  let widest = 0;
  eachGap(reference, live, (_, below, at) => {
    widest = Math.max(widest, Math.abs(below), Math.abs(at));
  });
  return widest;
}

/** The same distance on raw values; both arrays ascending, ties handled by looking only between distinct values. */
export function exactKs(reference: ArrayLike<number>, live: ArrayLike<number>): number {
  if (reference.length === 0 || live.length === 0) return Number.NaN;
  let widest = 0;
  let i = 0;
  let j = 0;
  while (i < reference.length && j < live.length) {
    const x = Math.min(reference[i]!, live[j]!);
    while (i < reference.length && reference[i]! <= x) i++;
    while (j < live.length && live[j]! <= x) j++;
    widest = Math.max(widest, Math.abs(i / reference.length - j / live.length));
  }
  return widest;
}
