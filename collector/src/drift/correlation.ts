import type { PairMoments } from '@tidemark/sketch';

/**
 * Pearson's correlation of the live pairs less that of the baseline, -2..2 with its sign: -0.9 where two fields that went
 * together (0.9) no longer do (0). A plain difference, as `mean_change`, and not one of Fisher's z, whose size near 1 nobody
 * can picture; its noise with no drift is about (1 - r^2) sqrt(1/n + 1/m) where both are normal, and more where tails are
 * heavy. NaN where a side has no correlation: fewer than two pairs, or one that is constant.
 */
export function correlationChange(reference: PairMoments, live: PairMoments): number {
  return live.correlation - reference.correlation;
}
