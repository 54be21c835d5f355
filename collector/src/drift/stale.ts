import type { Categories, Digest, Moments, Summary } from '@tidemark/sketch';
import { ks } from './ks.ts';
import { categoryLInfinity } from './l-infinity.ts';
import { rankErrorBound } from './sketch-error.ts';

/** How near means and deviations must be, in deviations: new values would have to hit both so well, and both extremes. */
const SAME_DIGITS = 1e-9;

/** By how much of the largest value sums can differ that were added up in another order: a hundred units in the last place. */
const ROUNDING = 2e-14;

/**
 * 1 where the live side holds nothing new: the values of the baseline over again, once or several times, each with the
 * same share; else 0. NaN where a side is empty. It sees a file that is played again, a feature store that no longer
 * updates (with the window before as the baseline), a constant that stays.
 *
 * A summary holds no values to compare: numbers count as repeated where extremes are equal, mean and deviation to nine
 * digits, and the distribution functions as far as their rank errors allow; categories where they are as many
 * different ones with the same shares. So a repetition is always found, and values that vary freely are never taken for one
 * (unless all but a few of them are the same, and far from zero for their spread, as times are);
 * among few different values (a flag, small counts) chance alone repeats shares, the more often the smaller the window:
 * a rule over such fields needs `min_samples` and `for`.
 */
export function stale(reference: Summary, live: Summary): number {
  if (reference.kinds.valid === 0 || live.kinds.valid === 0) return Number.NaN;
  if (live.kind === 'number') {
    return sameMoments(reference.moments, live.moments) && sameCurve(reference.digest, live.digest) ? 1 : 0;
  }
  if (live.kind === 'category') return sameCategories(reference.categories, live.categories) ? 1 : 0;
  const [before, now] = [reference.projections, live.projections];
  if (before.directions !== now.directions || before.seed !== now.seed || before.size !== now.size) return 0;
  for (let i = 0; i < now.directions; i++) if (!sameCurve(before.direction(i), now.direction(i))) return 0;
  return sameCurve(before.norm, now.norm) ? 1 : 0;
}

function sameMoments(reference: Moments, live: Moments): boolean {
  const size = Math.max(Math.abs(reference.min), Math.abs(reference.max));
  const allowed = SAME_DIGITS * reference.deviation + ROUNDING * size;
  return near(reference.mean, live.mean, allowed) && near(reference.deviation, live.deviation, allowed);
}

function sameCurve(reference: Digest, live: Digest): boolean {
  if (reference.min !== live.min || reference.max !== live.max) return false;
  const exact = reference.exact && live.exact;
  const allowed = exact ? 1e-12 : rankErrorBound(reference.sizeRule) + rankErrorBound(live.sizeRule);
  return ks(reference, live) <= allowed;
}

function sameCategories(reference: Categories, live: Categories): boolean {
  if (reference.distinct !== live.distinct) return false;
  const unlisted = reference.unlistedMost / reference.total + live.unlistedMost / live.total;
  return categoryLInfinity(reference, live) <= unlisted + 1e-12;
}

function near(one: number, other: number, allowed: number): boolean {
  return Math.abs(one - other) <= allowed;
}
