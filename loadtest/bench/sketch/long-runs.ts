import { seeded, shuffled } from '../seeded.ts';
import { ksOf } from './accuracy.ts';
import type { Candidate } from './candidate.ts';
import { shapeOf } from './column.ts';
import type { Effort } from './effort.ts';
import type { KsResult } from './measured.ts';
import { type Stream, streamNamed, take } from './streams.ts';

const WINDOW_STREAMS: readonly string[] = ['normal', 'lognormal', 'mixture', 'gaps', 'far steps'];
const MERGE_STREAMS: readonly string[] = [...WINDOW_STREAMS, '600 decades'];
/** One small window says little, so it is the worst of several. */
const SMALL = 5000;
const SMALL_WINDOWS = 5;
const SEED = 9000;

/** KS errors of windows of every size. */
export async function measureWindows(
  candidates: readonly Candidate[],
  effort: Effort,
  isMeant: (name: string) => boolean,
) {
  const results: KsResult[] = [];
  for (const name of WINDOW_STREAMS.filter(isMeant)) {
    for (const size of effort.windows) results.push(await windowsOf(candidates, streamNamed(name), size));
  }
  return results;
}

/** KS errors after many merges in a seeded random order. */
export async function measureLongMerges(
  candidates: readonly Candidate[],
  effort: Effort,
  isMeant: (name: string) => boolean,
) {
  const results: KsResult[] = [];
  for (const name of MERGE_STREAMS.filter(isMeant)) {
    for (const size of effort.merges.sizes) {
      results.push(await mergesOf(candidates, streamNamed(name), size, effort.merges.count));
    }
  }
  return results;
}

async function windowsOf(candidates: readonly Candidate[], stream: Stream, size: number): Promise<KsResult> {
  const ks: Record<string, number> = {};
  for (let i = 0; i < (size <= SMALL ? SMALL_WINDOWS : 1); i++) {
    const values = take(stream, size, SEED + i);
    const sorted = values.slice().sort();
    for (const { id, sketcher } of ableOnes(candidates, stream, values)) {
      if (sketcher) ks[id] = Math.max(ks[id] ?? 0, await ksOf(sketcher.build(values), sorted));
    }
  }
  return { stream: stream.name, size, ks };
}

async function mergesOf(
  candidates: readonly Candidate[],
  stream: Stream,
  size: number,
  count: number,
): Promise<KsResult> {
  const values = take(stream, size * count, SEED);
  const windows = Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size));
  const order = shuffled(windows, seeded(SEED));
  const sorted = values.slice().sort();
  const ks: Record<string, number> = {};
  for (const { id, sketcher } of ableOnes(candidates, stream, values)) {
    if (sketcher?.merged) ks[id] = await ksOf(sketcher.merged(order), sorted);
  }
  return { stream: stream.name, size, ks };
}

function ableOnes(candidates: readonly Candidate[], { name, traits }: Stream, values: Float64Array): Candidate[] {
  const shape = shapeOf({ name, traits, variants: [values] });
  return candidates.filter((candidate) => candidate.refuses(shape) === null);
}
