import type { SeriesKind, Summary } from '@tidemark/sketch';
import type { Bins } from './bins.ts';

/** What a score is made from. `reference` and `bins` are null where the measure is judged without a baseline. */
export type ScoreInput = {
  readonly live: Summary;
  readonly reference: Summary | null;
  readonly bins: Bins | null;
};

/** One measure: what it can be asked of, in which unit it answers, how much data stands behind it, and the score. */
export type Measure = {
  /** Kinds of series for which it means anything. */
  readonly kinds: readonly SeriesKind[];
  /**
   * `index` has no unit, is never below 0 and has no upper limit; `share` is 0..1; `value` is in the unit of the series;
   * `signed` has no unit and may be below 0: sigmas, logarithms and differences of shares.
   */
  readonly unit: 'index' | 'share' | 'value' | 'signed';
  /** Whether it compares with a baseline: `optional` measures take declared limits without one. */
  readonly baseline: 'required' | 'optional' | 'none';
  /** How many values or rows the score rests on: what `min_samples` is held against. */
  samples(live: Summary): number;
  /** The score; NaN where there is nothing to score. Pure. Throws a RangeError where the baseline makes it impossible. */
  score(input: ScoreInput): number;
};

/** Values that went into the sketches. */
export const validValues = (live: Summary): number => live.kinds.valid;

/** Rows, not valid values: a series that is all null has none of those, and that is the very thing to be seen. */
export const allRows = (live: Summary): number => live.kinds.total;

/** A score of two sides that is NaN where there is no baseline. */
export const comparing =
  (score: (reference: Summary, live: Summary) => number) =>
  ({ live, reference }: ScoreInput): number =>
    reference ? score(reference, live) : Number.NaN;
