import { makeBins } from '../drift/bins.ts';
import { digestScores, exactScores, type Scores } from '../drift/index.ts';
import type { ReadColumn } from './read-columns.ts';

/** Every score of a column that means something for its values: of all of them where both sides hold them, else of the sketches, in the bins of the reference. */
export function scoreColumn(reference: ReadColumn, live: ReadColumn): Scores {
  if (reference.raw !== null && live.raw !== null) {
    return exactScores(reference.summary.kind, reference.raw, live.raw);
  }
  const bins = reference.summary.kind === 'vector' ? null : makeBins(reference.summary);
  return digestScores(reference.summary, live.summary, bins);
}
