import type { SeriesKind, Summary } from '@tidemark/sketch';
import { type Bins, sharesIn } from './bins.ts';
import { ks } from './ks.ts';
import { mean, meanChange } from './mean.ts';
import { psi } from './psi.ts';
import { nullShare, rangeShare, typeShare, unseenShare } from './shares.ts';

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
  /** `index` has no unit and no upper limit, `share` is 0..1, `value` is in the unit of the series. */
  readonly unit: 'index' | 'share' | 'value';
  /** Whether it compares with a baseline: `optional` measures take declared limits without one. */
  readonly baseline: 'required' | 'optional' | 'none';
  /** How many values or rows the score rests on: what `min_samples` is held against. */
  samples(live: Summary): number;
  /** The score; NaN where there is nothing to score. Pure. */
  score(input: ScoreInput): number;
};

const validValues = (live: Summary): number => live.kinds.valid;
/** Rows, not valid values: a series that is all null has none of those, and that is the very thing to be seen. */
const allRows = (live: Summary): number => live.kinds.total;

/** Every measure that a rule can name. */
export const MEASURES = {
  psi: {
    kinds: ['number', 'category'],
    unit: 'index',
    baseline: 'required',
    samples: validValues,
    score: ({ live, reference, bins }) => {
      const expected = reference && bins ? sharesIn(bins, reference) : null;
      const found = bins ? sharesIn(bins, live) : null;
      return expected && found ? psi(expected, found) : Number.NaN;
    },
  },
  ks: {
    kinds: ['number'],
    unit: 'share',
    baseline: 'required',
    samples: validValues,
    score: ({ live, reference }) => (reference ? ks(reference.digest, live.digest) : Number.NaN),
  },
  null_share: {
    kinds: ['number', 'category'],
    unit: 'share',
    baseline: 'none',
    samples: allRows,
    score: ({ live }) => nullShare(live),
  },
  type_share: {
    kinds: ['number', 'category'],
    unit: 'share',
    baseline: 'none',
    samples: allRows,
    score: ({ live }) => typeShare(live),
  },
  range_share: {
    kinds: ['number'],
    unit: 'share',
    baseline: 'optional',
    samples: ({ kinds }) => kinds.valid + kinds.positiveInfinity + kinds.negativeInfinity,
    score: ({ live, reference }) => rangeShare(live, reference),
  },
  unseen_share: {
    kinds: ['category'],
    unit: 'share',
    baseline: 'optional',
    samples: validValues,
    score: ({ live, reference }) => unseenShare(live, reference),
  },
  mean: {
    kinds: ['number'],
    unit: 'value',
    baseline: 'none',
    samples: validValues,
    score: ({ live }) => mean(live),
  },
  mean_change: {
    kinds: ['number'],
    unit: 'value',
    baseline: 'required',
    samples: validValues,
    score: ({ live, reference }) => (reference ? meanChange(live, reference) : Number.NaN),
  },
} as const satisfies Record<string, Measure>;

/** The name of a measure, as in a rule file. */
export type MeasureName = keyof typeof MEASURES;
