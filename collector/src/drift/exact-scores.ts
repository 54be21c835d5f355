import { DEFAULT_DIRECTIONS, DEFAULT_SEED, type SeriesKind } from '@tidemark/sketch';
import { exactDecileCuts, exactShares } from './bins.ts';
import { exactCategoryShares, type ShareTable, sizeOf } from './category-shares.ts';
import { entropy, gini, topShare } from './concentration.ts';
import { exactCategoryConstantShare, exactConstantShare } from './constant.ts';
import { cramersV } from './cramers-v.ts';
import { finiteScores, type Scores } from './finite-scores.ts';
import { hellinger } from './hellinger.ts';
import { jensenShannon } from './jensen-shannon.ts';
import { exactKs } from './ks.ts';
import { exactCategoryLInfinity, lInfinity } from './l-infinity.ts';
import { MEASURES, type MeasureName } from './measures.ts';
import { exactNewCategoryShare } from './new-categories.ts';
import { exactOccurrences, type Occurrences } from './occurrences.ts';
import { psi } from './psi.ts';
import { exactQuantileShift } from './quantile-shift.ts';
import { type RawColumn, rawColumn } from './raw-column.ts';
import { exactRangeShare, exactUnseenShare } from './shares.ts';
import { inSigmas } from './sigmas.ts';
import { exactSlicedWasserstein } from './sliced-wasserstein.ts';
import { exactWasserstein } from './wasserstein.ts';

/** Both sides of one column, and their shares in the bins: deciles of the baseline, or all categories of either. */
type Sides = { readonly reference: RawColumn; readonly live: RawColumn; readonly shares: ShareTable | null };

type ExactScore = (sides: Sides) => number;

/**
 * Every score of one column by the name of its measure, from raw values (in any order, nulls and values of a wrong type
 * among them, as `Summary.add` takes them). The same scores as `digestScores`, but for two things: bins are the deciles
 * of the raw baseline, and every category has a bin of its own, which for more than 50 categories is not what rules judge.
 * Absent is what is absent there.
 */
export function exactScores(kind: SeriesKind, reference: ArrayLike<unknown>, live: ArrayLike<unknown>): Scores {
  const columns = { reference: rawColumn(kind, reference), live: rawColumn(kind, live) };
  const sides: Sides = { ...columns, shares: sharesOf(columns.reference, columns.live) };
  return finiteScores(kind, (name) => EXACT[name](sides));
}

/** What rests on counts by kind and on moments is exact in a summary too. */
const fromSummaries =
  (name: MeasureName): ExactScore =>
  ({ reference, live }) =>
    MEASURES[name].score({ live: live.summary, reference: reference.summary, bins: null });

const overShares =
  (score: (expected: readonly number[], found: readonly number[]) => number): ExactScore =>
  ({ shares }) =>
    shares ? score(shares.reference, shares.live) : Number.NaN;

const concentration =
  (score: (all: readonly Occurrences[]) => number): ExactScore =>
  ({ live }) =>
    score(exactOccurrences(live.counts));

const concentrationChange =
  (score: (all: readonly Occurrences[]) => number): ExactScore =>
  ({ reference, live }) =>
    score(exactOccurrences(live.counts)) - score(exactOccurrences(reference.counts));

const sigmaOf = ({ summary }: RawColumn): number => summary.moments.deviation;

const EXACT: Readonly<Record<MeasureName, ExactScore>> = {
  psi: overShares(psi),
  ks: ({ reference, live }) => exactKs(reference.sorted, live.sorted),
  wasserstein: ({ reference, live }) => inSigmas(exactWasserstein(reference.sorted, live.sorted), sigmaOf(reference)),
  js: overShares(jensenShannon),
  hellinger: overShares(hellinger),
  l_infinity: overShares(lInfinity),
  cramers_v: (sides) =>
    overShares((expected, found) =>
      cramersV(expected, found, sizeOf(sides.reference.counts), sizeOf(sides.live.counts)),
    )(sides),
  sliced_wasserstein: ({ reference, live }) =>
    exactSlicedWasserstein(reference.vectors, live.vectors, { directions: DEFAULT_DIRECTIONS, seed: DEFAULT_SEED }),
  mean: fromSummaries('mean'),
  mean_change: fromSummaries('mean_change'),
  mean_shift: fromSummaries('mean_shift'),
  quantile_shift: ({ reference, live }) => exactQuantileShift(reference.sorted, live.sorted, sigmaOf(reference)),
  variance_shift: fromSummaries('variance_shift'),
  correlation_change: fromSummaries('correlation_change'),
  null_share: fromSummaries('null_share'),
  null_share_change: fromSummaries('null_share_change'),
  type_share: fromSummaries('type_share'),
  range_share: ({ reference, live }) => exactRangeShare(live.sorted, live.summary.kinds, reference.sorted),
  unseen_share: ({ reference, live }) => exactUnseenShare(live.counts, reference.counts),
  new_category_share: ({ reference, live }) => exactNewCategoryShare(reference.counts, live.counts),
  constant_share: ({ live }) => mostFrequent(live),
  constant_share_change: ({ reference, live }) => mostFrequent(live) - mostFrequent(reference),
  stale: (sides) => exactStale(sides),
  top_share: concentration(topShare),
  entropy: concentration(entropy),
  gini: concentration(gini),
  top_share_change: concentrationChange(topShare),
  entropy_change: concentrationChange(entropy),
  gini_change: concentrationChange(gini),
};

function sharesOf(reference: RawColumn, live: RawColumn): ShareTable | null {
  if (reference.kind === 'category') return exactCategoryShares(reference.counts, live.counts);
  if (reference.sorted.length === 0 || live.sorted.length === 0) return null;
  const cuts = exactDecileCuts(reference.sorted);
  return { reference: exactShares(cuts, reference.sorted)!, live: exactShares(cuts, live.sorted)! };
}

/** Share of the most frequent value; see `constantShare`. */
function mostFrequent({ kind, sorted, counts }: RawColumn): number {
  return kind === 'number' ? exactConstantShare(sorted) : exactCategoryConstantShare(counts);
}

/** 1 where the same values have the same shares; see `stale`. */
function exactStale({ reference, live }: Sides): number {
  const distance =
    reference.kind === 'number'
      ? exactKs(reference.sorted, live.sorted)
      : exactCategoryLInfinity(reference.counts, live.counts);
  return Number.isNaN(distance) ? distance : distance === 0 ? 1 : 0;
}
