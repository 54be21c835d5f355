import type { Categories, Summary } from '@tidemark/sketch';

/** Share of the rows in which the value was missing or NaN: to the model both are the absence of a value. 0..1, NaN for no rows. */
export function nullShare(live: Summary): number {
  const { kinds } = live;
  return (kinds.missing + kinds.nan) / kinds.total;
}

/** Share of the rows whose value had another type than the series, such as text where a number belongs. 0..1, NaN for no rows. */
export function typeShare(live: Summary): number {
  return live.kinds.wrongType / live.kinds.total;
}

/**
 * Share of the numbers outside the range: that of the baseline's smallest and largest value where one is given,
 * else the declared minimum and maximum (counted where the value was seen). +Infinity and -Infinity are outside
 * every range. 0..1, NaN for no numbers or for a baseline without values.
 */
export function rangeShare(live: Summary, baseline: Summary | null): number {
  const { kinds } = live;
  const infinite = kinds.positiveInfinity + kinds.negativeInfinity;
  const numbers = kinds.valid + infinite;
  if (numbers === 0) return Number.NaN;
  if (baseline === null) return (kinds.outOfRange + infinite) / numbers;
  if (baseline.digest.count === 0) return Number.NaN;
  if (kinds.valid === 0) return 1;
  const outside = live.digest.cdfBelow(baseline.digest.min) + (1 - live.digest.cdf(baseline.digest.max));
  // The two subtractions leave about 1e-16, which would make `fire: "> 0"` fire on nothing.
  const outsideValues = outside * kinds.valid < 0.5 ? 0 : outside * kinds.valid;
  return (outsideValues + infinite) / numbers;
}

/**
 * Share of the valid values that are no category of the baseline, or, without a baseline, that are not among the
 * declared ones (counted where the value was seen). Where the baseline has more categories than its summary can
 * list, its unlisted share is taken off, since those values cannot be told from new ones. 0..1, NaN for no values.
 */
export function unseenShare(live: Summary, baseline: Summary | null): number {
  if (live.kinds.valid === 0) return Number.NaN;
  if (baseline === null) return live.kinds.unseen / live.kinds.valid;
  const known = baseline.categories;
  if (known.total === 0) return Number.NaN;
  const total = live.categories.total;
  const seen = known.entries().reduce((sum, entry) => sum + live.categories.count(entry.key), 0);
  return Math.max(0, (total - seen) / total - unlistedShare(known));
}

function unlistedShare(known: Categories): number {
  return known.other / known.total;
}
