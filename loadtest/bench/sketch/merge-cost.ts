import { interleaved, type Task } from '../rounds.ts';
import { ratioSpread, type Spread, spread } from '../spread.ts';
import type { Candidate } from './candidate.ts';
import type { Column } from './column.ts';
import type { Effort } from './effort.ts';
import { OURS, type StreamResult } from './measured.ts';

const MERGES = 8;
const TASK_MS = 3;

/** Microseconds to merge a digest of the column into another; the query after eight merges is in it. */
export function measureMerges(
  able: readonly Candidate[],
  { variants }: Column,
  effort: Effort,
): Pick<StreamResult, 'mergeUs' | 'mergeTimesOurs'> {
  const parts = Array.from({ length: MERGES }, (_, i) => variants[i % variants.length]!);
  const tasks = able.flatMap(({ id, sketcher }): Task[] => {
    const trial = sketcher?.mergeTrial?.(parts);
    return trial ? [{ id, prepare: () => trial.prepare(), run: () => trial.run() }] : [];
  });
  const ns = interleaved(tasks, { warmUpMs: effort.mergeWarmUpMs, rounds: effort.rounds, taskMs: TASK_MS });
  const each = (measure: (ns: readonly number[]) => Spread) =>
    Object.fromEntries([...ns].map(([id, values]) => [id, measure(values)]));
  return {
    mergeUs: each((values) => spread(values.map((one) => one / 1000))),
    mergeTimesOurs: each((values) => ratioSpread(values, ns.get(OURS)!)),
  };
}
