import { mean, meanChange, meanShift } from './mean.ts';
import { comparing, type Measure, validValues } from './measure.ts';
import { quantileShift } from './quantile-shift.ts';
import { varianceShift } from './variance-shift.ts';

const numbers = { kinds: ['number'], samples: validValues } as const;

/** Where numbers lie, how far they spread, and how much of that has changed. */
export const SHIFT_MEASURES = {
  mean: { ...numbers, unit: 'value', baseline: 'none', score: ({ live }) => mean(live) },
  mean_change: {
    ...numbers,
    unit: 'value',
    baseline: 'required',
    score: comparing((reference, live) => meanChange(live, reference)),
  },
  mean_shift: {
    ...numbers,
    unit: 'signed',
    baseline: 'required',
    score: comparing((reference, live) => meanShift(live, reference)),
  },
  quantile_shift: { ...numbers, unit: 'index', baseline: 'required', score: comparing(quantileShift) },
  variance_shift: {
    ...numbers,
    unit: 'signed',
    baseline: 'required',
    score: comparing((reference, live) => varianceShift(reference.moments, live.moments)),
  },
} as const satisfies Record<string, Measure>;
