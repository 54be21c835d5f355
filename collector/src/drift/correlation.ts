import type { PairMoments } from '@tidemark/sketch';

/**
 * Pearson's correlation of the live pairs less that of the baseline, -2..2 with its sign: -0.9 where two fields that went
 * together (0.9) no longer do (0). A live side of which one field never changes goes with nothing, and counts as 0: a model
 * that is stuck no longer follows its features. A plain difference, as `mean_change`, and not one of Fisher's z, whose size
 * near 1 nobody can picture; its noise with no drift is about (1 - r^2) sqrt(1/n + 1/m) where both are normal, and more
 * where tails are heavy. NaN where a side has fewer than two pairs. Throws a RangeError where a field of the baseline never
 * changes: it has no correlation to be away from.
 */
export function correlationChange(reference: PairMoments, live: PairMoments): number {
  if (reference.count < 2 || live.count < 2) return Number.NaN;
  const before = reference.correlation;
  if (Number.isNaN(before))
    throw new RangeError('correlation_change: one of the two fields never changes in the baseline');
  const now = live.correlation;
  return (Number.isNaN(now) ? 0 : now) - before;
}
