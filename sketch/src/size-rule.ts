import { optionInvalid } from './errors.ts';

/**
 * How heavy a centroid may grow, the "capped logistic" rule: one whose left edge is at cumulative weight W of N may reach
 * max(1, min(middle * N, tail * W, tail / (1 + tail) * (N - W))).
 *
 * `middle` caps the error of a rank anywhere (Kolmogorov-Smirnov error about `middle` at worst); `tail` makes centroids
 * shrink geometrically towards both ends, which bounds the relative error of tail ranks. It is the k2 scale function of
 * Dunning's t-digest with a fixed normaliser and a cap, free of log and asin.
 */
export type SizeRule = {
  /** Largest share of all weight in one centroid, 0.002 to 0.5. */
  readonly middle: number;
  /** Largest weight of a centroid relative to what lies outside of it on its tail's side, 0.02 to 1. */
  readonly tail: number;
};

/** For windows: at most about 240 centroids, KS error about 0.2 % on continuous streams of 100 000 values. */
export const WINDOW_SIZE_RULE: SizeRule = Object.freeze({ middle: 0.01, tail: 0.2 });

/** For stored baselines: about twice the centroids and half the error of the rule for windows. */
export const BASELINE_SIZE_RULE: SizeRule = Object.freeze({ middle: 0.005, tail: 0.1 });

/** No digest ever keeps more centroids than this; the wire and store limits rely on it. */
export const MAX_CENTROIDS = 1024;

/**
 * An atom with at least this share of the heaviest allowed centroid is never merged with a different value (0.4 % of
 * all weight under the rule for windows), so steps of the distribution stay steps.
 */
export const HEAVY_ATOM_SHARE = 0.4;

/**
 * Two neighbours further apart than a share 1 / MAX_GAPS of the range are never folded together, so a centroid straddles
 * no wide gap. There can be no more such gaps than this, hence no more additional centroids. (Ten clusters a thousand
 * widths apart: KS error 0.5 % instead of 1.8 %.)
 */
export const MAX_GAPS = 64;

/**
 * How many different values a digest keeps exactly: below 2 / middle values no two singletons could be merged anyway,
 * so keeping as many distinct ones costs no more room than the rule already grants.
 */
export function exactValues(rule: SizeRule): number {
  return Math.min(Math.floor(2 / rule.middle), MAX_CENTROIDS / 2);
}

/** The rule itself if it is in range. Throws SKETCH_OPTION_INVALID otherwise. */
export function checkedSizeRule(rule: SizeRule): SizeRule {
  const { middle, tail } = rule;
  if (!(middle >= 0.002 && middle <= 0.5)) {
    throw optionInvalid(`sizeRule.middle must be from 0.002 to 0.5, got ${String(middle)}`);
  }
  if (!(tail >= 0.02 && tail <= 1)) throw optionInvalid(`sizeRule.tail must be from 0.02 to 1, got ${String(tail)}`);
  return rule;
}
