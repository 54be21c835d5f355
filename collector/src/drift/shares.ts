import type { Categories, CategoryEntry, Kinds, Summary } from '@tidemark/sketch';
import { listedOf } from './certain-counts.ts';

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
  const { min, max } = baseline.digest;
  const isInside = live.digest.min >= min && live.digest.max <= max;
  const outside = isInside ? 0 : live.digest.cdfBelow(min) + (1 - live.digest.cdf(max));
  // The two subtractions leave about 1e-16, which would make `fire: "> 0"` fire on nothing.
  const outsideValues = outside * kinds.valid < 0.5 ? 0 : outside * kinds.valid;
  return (outsideValues + infinite) / numbers;
}

/**
 * Share of the valid values that are no category of the baseline, or, without a baseline, that are not among the
 * declared ones (counted where the value was seen). 0..1, NaN for no values.
 *
 * Where the baseline has more categories than its summary lists, the others cannot be told from new ones: as much is
 * taken for known as they can have been of the baseline, together and each, and some for chance. So new rare values hide
 * among ids, but one value that takes over does not, new or grown far beyond what it can have been.
 */
export function unseenShare(live: Summary, baseline: Summary | null): number {
  if (live.kinds.valid === 0) return Number.NaN;
  if (baseline === null) return live.kinds.unseen / live.kinds.valid;
  const known = baseline.categories;
  if (known.total === 0) return Number.NaN;
  const { categories } = live;
  const listed = listedOf(known).certain;
  const entries = categories.entries();
  // What a listed category took over counts here: summed over many it stands for those that were displaced.
  const seen = entries.reduce((sum, { key, count }) => (listed.has(key) ? sum + count : sum), 0);
  const unlisted = (categories.total - seen) / categories.total;
  const expected = unlistedShare(known, listed);
  // 3 standard deviations: in 100 values half of which are of the unlisted ones, one is 0.05, and rules fire at that.
  const allowed = expected + 3 * Math.sqrt((expected * (1 - expected)) / categories.total);
  return Math.max(0, unlisted - allowed, outgrownShare(categories, entries, known, listed));
}

/** The largest share of the baseline that can be of categories its summary does not list; 0 while it lists all. */
function unlistedShare(known: Categories, listed: ReadonlyMap<string, number>): number {
  if (known.exact) return 0;
  const certain = [...listed.values()].reduce((sum, count) => sum + count, 0);
  return (known.total - certain) / known.total;
}

/**
 * Share of the live values by which categories that the baseline does not list are beyond what each can have been of it.
 * Chance is allowed for with six standard deviations, since ids are many and windows small.
 */
function outgrownShare(
  live: Categories,
  entries: readonly CategoryEntry[],
  known: Categories,
  listed: ReadonlyMap<string, number>,
): number {
  const most = (known.unlistedMost / known.total) * live.total;
  const allowed = known.exact ? 0 : most + 6 * Math.sqrt(most + 1);
  let outgrown = 0;
  for (const { key, count, overCount } of entries) {
    if (!listed.has(key)) outgrown += Math.max(0, count - overCount - allowed);
  }
  return outgrown / live.total;
}

/** Share of raw numbers outside the baseline's smallest and largest one; both arrays ascending, infinities in `kinds`. See `rangeShare`. */
export function exactRangeShare(live: ArrayLike<number>, kinds: Kinds, baseline: ArrayLike<number>): number {
  const infinite = kinds.positiveInfinity + kinds.negativeInfinity;
  if (live.length + infinite === 0 || baseline.length === 0) return Number.NaN;
  const [min, max] = [baseline[0]!, baseline[baseline.length - 1]!];
  let outside = 0;
  for (let i = 0; i < live.length; i++) if (live[i]! < min || live[i]! > max) outside++;
  return (outside + infinite) / (live.length + infinite);
}

/** Share of the values whose category the baseline has not, of raw category counts. NaN where a side is empty. See `unseenShare`. */
export function exactUnseenShare(live: ReadonlyMap<string, number>, baseline: ReadonlyMap<string, number>): number {
  if (live.size === 0 || baseline.size === 0) return Number.NaN;
  let [unseen, total] = [0, 0];
  for (const [key, count] of live) {
    total += count;
    if (!baseline.has(key)) unseen += count;
  }
  return unseen / total;
}
