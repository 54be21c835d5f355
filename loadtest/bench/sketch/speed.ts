import { interleaved, type RoundOptions, type Task } from '../rounds.ts';
import { ratioSpread, type Spread, spread } from '../spread.ts';
import type { Candidate } from './candidate.ts';
import { type Column, shapeOf } from './column.ts';
import type { Effort } from './effort.ts';
import { OURS, type StreamResult } from './measured.ts';

const TASK_MS = 6;
const RAW = 'raw';
/** Ours on the normal stream, in every round of every stream. */
const NORMAL = 'normal';

type Speed = Pick<StreamResult, 'nsPerAdd' | 'timesOurs' | 'overRaw' | 'overNormal'>;

/** Lets every candidate see a little of every kind of data, so that no stream is timed with code compiled for another alone. */
export function meetAll(candidates: readonly Candidate[], columns: readonly Column[], effort: Effort): void {
  for (const column of columns) {
    interleaved(tasksOf(candidates, column, effort), {
      warmUpMs: effort.firstWarmUpMs / columns.length,
      rounds: 0,
      taskMs: 0,
    });
  }
}

/** Times all candidates that take the column. */
export function measureSpeed(candidates: readonly Candidate[], column: Column, normal: Column, effort: Effort): Speed {
  const ours = candidates.find(({ id }) => id === OURS)!;
  const onNormal = { ...feeding(ours, normal, effort.values), id: NORMAL };
  const options: RoundOptions = { warmUpMs: effort.warmUpMs, rounds: effort.rounds, taskMs: TASK_MS };
  const ns = interleaved([...tasksOf(candidates, column, effort), onNormal], options);
  const own = ns.get(OURS)!;
  const entries = [...ns].filter(([id]) => id !== NORMAL);
  const each = (measure: (ns: readonly number[]) => Spread) =>
    Object.fromEntries(entries.map(([id, values]) => [id, measure(values)]));
  return {
    nsPerAdd: each(spread),
    timesOurs: each((values) => ratioSpread(values, own)),
    overRaw: ratioSpread(own, ns.get(RAW)!),
    overNormal: ratioSpread(own, ns.get(NORMAL)!),
  };
}

function tasksOf(candidates: readonly Candidate[], column: Column, effort: Effort): Task[] {
  const shape = shapeOf(column);
  const able = candidates.filter((candidate) => candidate.refuses(shape) === null);
  return able.map((candidate) => feeding(candidate, column, effort.values));
}

/** Feeds the variants in turn, as many as make the wanted number of values when a column is short. */
function feeding(candidate: Candidate, { variants }: Column, values: number): Task {
  const inputs = variants.map((variant) => candidate.prepare(variant));
  const perRun = Math.max(1, Math.ceil(values / inputs[0]!.length));
  return {
    id: candidate.id,
    run(round) {
      let count = 0;
      for (let i = 0; i < perRun; i++) {
        const input = inputs[(round * perRun + i) % inputs.length]!;
        keep(candidate.feed(input));
        count += input.length;
      }
      return count;
    },
  };
}

let kept = 0;

/** Uses a result, so that making it cannot be left out. */
function keep(result: number): void {
  if (result === Number.MIN_VALUE) kept++;
  if (kept > 1e9) throw new Error('unreachable: feeds do not answer the smallest number');
}
