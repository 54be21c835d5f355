import { Kinds } from '@tidemark/sketch';
import { digestScores } from '../drift/index.ts';
import { messageOf } from '../errors.ts';
import type { Baseline, BaselineSeries } from './baseline.ts';
import type { ComparedColumn } from './compared-column.ts';

/** Scores every series of a baseline against another one, in whose bins they are; a series that cannot be compared has an error and stops no other. */
export function compareBaselines(reference: Baseline, live: Baseline): ComparedColumn[] {
  const names = [...new Set([...reference.series.keys(), ...live.series.keys()])].sort();
  return names.map((name) => compared(name, reference.series.get(name), live.series.get(name)));
}

function compared(name: string, before: BaselineSeries | undefined, now: BaselineSeries | undefined): ComparedColumn {
  const about = {
    name,
    kind: (now ?? before)?.kind ?? 'number',
    reference: before?.summary.kinds ?? new Kinds(),
    live: now?.summary.kinds ?? new Kinds(),
    scores: {},
  };
  if (before === undefined || now === undefined) {
    return { ...about, error: `it is in the ${now === undefined ? 'other' : 'shown'} one only` };
  }
  try {
    return { ...about, scores: digestScores(before.summary, now.summary, before.bins), error: null };
  } catch (error) {
    return { ...about, error: messageOf(error) };
  }
}
