import type { SizeRule } from '@tidemark/sketch';
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
