import { constantShare } from './constant.ts';
import { allRows, comparing, type Measure, validValues } from './measure.ts';
import { newCategoryShare } from './new-categories.ts';
import { nullShare, rangeShare, typeShare, unseenShare } from './shares.ts';
import { stale } from './stale.ts';

/** Faults of single values, counted: shares of rows, of values or of categories; `…_change` is live less baseline, since many fields have always been empty or 0 in part. */
export const FAULT_MEASURES = {
  null_share: {
    kinds: ['number', 'category', 'vector'],
    unit: 'share',
    baseline: 'none',
    samples: allRows,
    score: ({ live }) => nullShare(live),
  },
  null_share_change: {
    kinds: ['number', 'category', 'vector'],
    unit: 'signed',
    baseline: 'required',
    samples: allRows,
    score: comparing((reference, live) => nullShare(live) - nullShare(reference)),
  },
  type_share: {
    kinds: ['number', 'category', 'vector'],
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
  new_category_share: {
    kinds: ['category'],
    unit: 'share',
    baseline: 'required',
    samples: validValues,
    score: comparing((reference, live) => newCategoryShare(reference.categories, live.categories)),
  },
  constant_share: {
    kinds: ['number', 'category', 'vector'],
    unit: 'share',
    baseline: 'none',
    samples: validValues,
    score: ({ live }) => constantShare(live),
  },
  constant_share_change: {
    kinds: ['number', 'category', 'vector'],
    unit: 'signed',
    baseline: 'required',
    samples: validValues,
    score: comparing((reference, live) => constantShare(live) - constantShare(reference)),
  },
  stale: {
    kinds: ['number', 'category', 'vector'],
    unit: 'share',
    baseline: 'required',
    samples: validValues,
    score: comparing(stale),
  },
} as const satisfies Record<string, Measure>;
