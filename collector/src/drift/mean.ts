import type { Summary } from '@tidemark/sketch';

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
