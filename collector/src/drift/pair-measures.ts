import { correlationChange } from './correlation.ts';
import { comparing, type Measure, validValues } from './measure.ts';

/** How two fields go together: what no summary of single fields can tell. */
export const PAIR_MEASURES = {
  correlation_change: {
    kinds: ['pair'],
    unit: 'signed',
    baseline: 'required',
    samples: validValues,
    score: comparing((reference, live) => correlationChange(reference.pairs, live.pairs)),
  },
} as const satisfies Record<string, Measure>;
