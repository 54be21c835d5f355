import type { SeriesKind } from '@tidemark/sketch';
import type { Measure } from './measure.ts';
import { MEASURES, type MeasureName } from './measures.ts';

/** Scores of one series by the name of their measure, all finite; one that cannot be had is absent. */
export type Scores = Partial<Record<MeasureName, number>>;

/**
 * The scores of all measures that mean something for `kind`. Left out are those that are not finite (a side is empty) and
 * those that throw a RangeError (the baseline makes them impossible, such as sigmas of a constant one).
 */
export function finiteScores(kind: SeriesKind, score: (name: MeasureName) => number): Scores {
  const scores: Scores = {};
  for (const name of Object.keys(MEASURES) as MeasureName[]) {
    const measure: Measure = MEASURES[name];
    if (!measure.kinds.includes(kind)) continue;
    const value = scoreOrNaN(() => score(name));
    if (Number.isFinite(value)) scores[name] = value;
  }
  return scores;
}

function scoreOrNaN(score: () => number): number {
  try {
    return score();
  } catch (error) {
    if (error instanceof RangeError) return Number.NaN;
    throw error;
  }
}
