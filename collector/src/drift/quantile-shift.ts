import type { Summary } from '@tidemark/sketch';
import { exactQuantile } from './exact-quantile.ts';
import { inSigmas } from './sigmas.ts';

/** Shares whose quantiles are compared: both tails, both quarters and the middle. */
export const SHIFT_QUANTILES: readonly number[] = [0.05, 0.25, 0.5, 0.75, 0.95];

/**
 * The largest shift among the quantiles of SHIFT_QUANTILES, in population standard deviations of the baseline, without
 * its sign: it sees a tail that moves while mean and middle stay. (The shift function of Doksum 1974 at five points.)
 * NaN where a side is empty. Throws a RangeError where a constant baseline has begun to move, see `inSigmas`.
 */
export function quantileShift(reference: Summary, live: Summary): number {
  const [from, to] = [reference.digest.quantiles(SHIFT_QUANTILES), live.digest.quantiles(SHIFT_QUANTILES)];
  return inSigmas(largestShift(from, to), reference.moments.deviation);
}

/** The same on raw values, both ascending; `sigma` is the baseline's population standard deviation. */
export function exactQuantileShift(reference: ArrayLike<number>, live: ArrayLike<number>, sigma: number): number {
  const [from, to] = [reference, live].map((sorted) => SHIFT_QUANTILES.map((p) => exactQuantile(sorted, p)));
  return inSigmas(largestShift(from!, to!), sigma);
}

function largestShift(from: readonly number[], to: readonly number[]): number {
  return Math.max(...from.map((value, index) => Math.abs(to[index]! - value)));
}
