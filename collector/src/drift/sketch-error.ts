import type { Digest, SizeRule } from '@tidemark/sketch';
import { EMPTY_SHARE, psiTerm } from './psi.ts';

/**
 * How far the distribution function of a digest can be from that of its values: 1.5 times the share `middle` of
 * its size rule. Between the means of two neighbouring clusters the true function lies above the weight left of
 * the first and below the weight up to the end of the second; the line through the middles of the clusters leaves
 * those limits by at most one and a half clusters, and a cluster holds at most `middle` of the weight. The worst
 * is met only by data with gaps inside a cluster. On the real columns of the tests the largest error is below a
 * third of it. Values with at least 0.4 % of the weight are atoms: exact, on both sides of their step.
 */
export function rankErrorBound(rule: SizeRule): number {
  return 1.5 * rule.middle;
}

/** What is known of one share: its value, how far off it can be, and how many values it is a share of. */
export type UncertainShare = { readonly share: number; readonly error: number; readonly count: number };

/**
 * The smallest and largest index that shares within their errors can give. A bin's term grows as p and q part and
 * is 0 where they meet, so its extremes lie at the corners of the box of both errors, or at 0 where the two
 * intervals overlap. A share that may be empty may also count as `EMPTY_SHARE`, and the least share that is not
 * empty is half a value (see `sharesIn`). A share between two cuts has the errors of both cuts added up.
 */
export function psiBounds(
  reference: readonly UncertainShare[],
  live: readonly UncertainShare[],
): { readonly least: number; readonly most: number } {
  let least = 0;
  let most = 0;
  for (const [index, p] of reference.entries()) {
    const terms: number[] = [];
    const qs = possible(live[index]!);
    for (const one of possible(p)) {
      for (const other of qs) {
        terms.push(psiTerm(one.low, other.high), psiTerm(one.high, other.low));
        if (one.low <= other.high && other.low <= one.high) terms.push(0);
      }
    }
    least += Math.min(...terms);
    most += Math.max(...terms);
  }
  return { least, most };
}

/**
 * How far a distance over bins can be from that of the exact shares, where it is a metric that is the root of a sum over
 * the bins: by the triangle inequality at most the distances of each side from its own exact shares, added up. A bin's
 * `term` grows as the two shares part, so it is largest at an end of the error. `scale` is what the sum is multiplied by
 * before the root: 1/2 for hellinger, 1/ln 2 for js. It is large where a bin holds next to nothing, since a root makes
 * much of little: 0.1 % of the values that a sketch puts into an empty bin are 0.022 of hellinger.
 */
export function rootDistanceError(
  term: (p: number, q: number) => number,
  scale: number,
  reference: readonly UncertainShare[],
  live: readonly UncertainShare[],
): number {
  return [reference, live].reduce((bound, shares) => {
    const sum = shares.reduce((all, { share, error, count }) => {
      // A share worth less than half a value counts as none (see `sharesIn`).
      const most = error + 0.5 / count;
      return all + Math.max(term(share, Math.max(0, share - most)), term(share, Math.min(1, share + most)));
    }, 0);
    return bound + Math.sqrt(sum * scale);
  }, 0);
}

/**
 * How far `wasserstein` can be from that of the raw values, for one digest, in the unit of the series: what it costs to move
 * the values of every plain centroid anywhere between the means of its two neighbours. Where merges let centroids overlap a
 * little further it is no strict limit; on the real columns of the tests the largest error is 1/40 of it,
 * and 0.0011 sigma. The errors of both sides add up.
 */
export function wassersteinError(digest: Digest): number {
  const { mean, weight, atom } = digest.centroids();
  let cost = 0;
  // The first and the last centroid are atoms, so a plain one has two neighbours.
  for (let i = 1; i < mean.length - 1; i++) {
    if (atom[i] === 0) cost += (weight[i]! / digest.count) * (mean[i + 1]! - mean[i - 1]!);
  }
  return cost;
}

type Interval = { readonly low: number; readonly high: number };

function possible({ share, error, count }: UncertainShare): Interval[] {
  const smallest = 0.5 / count;
  const low = share - error;
  const high = share + error;
  const intervals: Interval[] = [];
  if (high >= smallest) intervals.push({ low: Math.max(low, smallest), high: Math.min(1, high) });
  if (low < smallest) intervals.push({ low: EMPTY_SHARE, high: EMPTY_SHARE });
  return intervals;
}
