import type { Summary } from '@tidemark/sketch';
import type { Bins } from './bins.ts';
import { finiteScores, type Scores } from './finite-scores.ts';
import { MEASURES } from './measures.ts';

/**
 * Every score of one series by the name of its measure, from summaries. `bins` are those of the baseline (`makeBins`), null
 * for vectors; pairs need none. A score that means nothing for the kind, of an empty side, or in sigmas of a constant baseline is absent: all
 * that are there are finite. Throws a RangeError where the two sides are of different kinds.
 */
export function digestScores(reference: Summary, live: Summary, bins: Bins | null): Scores {
  if (reference.kind !== live.kind) {
    throw new RangeError(`only series of one kind can be compared, got ${reference.kind} and ${live.kind}`);
  }
  return finiteScores(live.kind, (name) => MEASURES[name].score({ live, reference, bins }));
}
