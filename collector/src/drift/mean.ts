import type { Summary } from '@tidemark/sketch';
import { inSigmas } from './sigmas.ts';

/** Arithmetic mean of the valid values, in the unit of the series; NaN for none. */
export function mean(live: Summary): number {
  return live.moments.count === 0 ? Number.NaN : live.moments.mean;
}

/**
 * Mean of the live values less the mean of the baseline, in the unit of the series and with its sign: -0.05 means
 * that a mean confidence of 0.90 has come down to 0.85. NaN where a side is empty.
 */
export function meanChange(live: Summary, baseline: Summary): number {
  return mean(live) - mean(baseline);
}

/**
 * `meanChange` in population standard deviations of the baseline, with its sign: Glass's delta (1976), for which Cohen
 * calls 0.2 small, 0.5 medium and 0.8 large. NaN where a side is empty. Throws a RangeError where a constant baseline has
 * begun to move, see `inSigmas`.
 */
export function meanShift(live: Summary, baseline: Summary): number {
  return inSigmas(meanChange(live, baseline), baseline.moments.deviation);
}
