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
 * An atom with at least this share of the heaviest allowed centroid is never folded with a different value (0.2 % of all
 * weight under the rule for windows), so steps of the distribution stay steps: those of a value with 0.5 % of a stream as
 * a whole, of one with less as far as chunks happen to show it.
 */
export const HEAVY_ATOM_SHARE = 0.2;

/**
 * An atom with this share of the heaviest centroid allowed in one of two lists that are merged stays by itself as well, if
 * it stands for LEAST_HEAVY values: one that has only begun to come, like the default a pipeline falls back to, is light
 * in all for long (error 0.9 % without). Not less, since where what came before has been folded across a value, setting
 * it apart later costs half a centroid.
 */
export const NEW_ATOM_SHARE = 0.8;
export const LEAST_HEAVY = 4;

/**
 * A gap: two neighbours further apart than 1 / GAP_SHARE times what the nearest values of GAP_REACH of the heaviest
 * allowed centroid take up, on both sides. No centroid crosses one, since a mean of both sides would be no one's value.
 * Two gaps are always more than that weight apart, so there are not many.
 */
export const GAP_SHARE = 0.25;
export const GAP_REACH = 0.25;

/**
 * An edge: the same towards one side only, as where a dense cluster stands in a thin stretch. Data that thin out by
 * orders of magnitude show one at every step, so only the first MAX_EDGES of a chunk or list are kept clear.
 * (Ten far steps: KS error 0.2 % instead of 2 % without gaps; a tight cluster in a uniform stretch: 0.2 instead of 2.4 %.)
 */
export const EDGE_SHARE = 0.0625;
export const EDGE_REACH = 1;
export const MAX_EDGES = 64;

/** A value with this share of all weight is taken out of a chunk before it is sorted: zeros, defaults, the common class. */
export const SPIKE_SHARE = 0.25;

/** With fewer than MIDDLING_WINDOW / middle values centroids are lighter than `middle` allows, see `largestCentroid`. */
const SMALL_WINDOW = 32;
const MIDDLING_WINDOW = 77;

/**
 * The most a centroid in the middle may weigh. The values within one lie at random, so a rank is wrong by about
 * 1.3 sqrt(weight) values. With a fixed share that would be too much of a small window (0.85 % of 300 values), so there
 * the weight grows more slowly at first. Up to 500 values (under the rule for windows) nothing is folded at all.
 */
export function largestCentroid(total: number, middle: number): number {
  const share = middle * total;
  const small = Math.min(Math.sqrt(share / SMALL_WINDOW), Math.sqrt(Math.sqrt(share / MIDDLING_WINDOW)));
  return small < 1 ? Math.floor(share * small + 0.5) : share;
}

/**
 * The least weight of an atom that is never folded, where centroids may weigh `largest`. A single value is not meant,
 * unless hardly any two could be folded anyway.
 */
export function heavyAtom(largest: number): number {
  return Math.max(HEAVY_ATOM_SHARE * largest, Math.min(2 * HEAVY_ATOM_SHARE * largest, 1.5));
}

/**
 * How many different values a digest keeps exactly: below 2 / middle values no two singletons could be merged anyway,
 * so keeping as many distinct ones costs no more room than the rule already grants.
 */
export function exactValues(rule: SizeRule): number {
  return Math.min(Math.floor(2 / rule.middle), MAX_CENTROIDS / 2);
}

/** A copy of the rule that cannot change, if it is in range. Throws SKETCH_OPTION_INVALID otherwise. */
export function checkedSizeRule(rule: SizeRule): SizeRule {
  if (rule === WINDOW_SIZE_RULE || rule === BASELINE_SIZE_RULE) return rule;
  const { middle, tail } = rule;
  if (!(middle >= 0.002 && middle <= 0.5)) {
    throw optionInvalid(`sizeRule.middle must be from 0.002 to 0.5, got ${String(middle)}`);
  }
  if (!(tail >= 0.02 && tail <= 1)) throw optionInvalid(`sizeRule.tail must be from 0.02 to 1, got ${String(tail)}`);
  return Object.freeze({ middle, tail });
}

/** How many values a digest collects before it sorts and merges them; chosen with the 21 + 11 bits of a word of the sort. */
export const CHUNK = 2048;
