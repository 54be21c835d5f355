import { type SeriesKind, Summary, type SummaryOptions } from '@tidemark/sketch';
import type { Generator } from './schema-of-rule-tests.ts';

/** Ways to make values; one to a generator. */
export const WAYS = ['normal', 'uniform', 'counts', 'values', 'vectors', 'pairs'] as const;

const MANY = 1_000;

/** Which kind of series the generator makes; values that are all missing say nothing, so they are null. */
export function kindOf(generator: Generator): SeriesKind | null {
  if (generator.counts !== undefined) return 'category';
  if (generator.vectors !== undefined) return 'vector';
  if (generator.pairs !== undefined) return 'pair';
  if (generator.values === undefined) return 'number';
  const first = generator.values.find((value) => value !== null);
  if (first === undefined) return null;
  return typeof first === 'number' ? 'number' : 'category';
}

/** A summary of what the generator makes; windows of one run differ by `index`, and are the same in every run of the test. */
export function summaryOf(
  kind: SeriesKind,
  generator: Generator,
  index: number,
  options: SummaryOptions = {},
): Summary {
  const summary = new Summary(kind, options);
  const { normal, uniform, counts, values, vectors, pairs, n = MANY, nulls = 0, wrong = 0, seed = 1 } = generator;
  const random = seeded(seed + index * 7_919);
  if (normal !== undefined) for (let i = 0; i < n; i++) summary.add(normal.mean + normal.sd * standardNormal(random));
  if (uniform !== undefined)
    for (let i = 0; i < n; i++) summary.add(uniform.from + random() * (uniform.to - uniform.from));
  if (vectors !== undefined) {
    const { size, mean, sd } = vectors;
    const vector = new Float64Array(size);
    for (let i = 0; i < n; i++) summary.add(vector.map(() => mean + sd * standardNormal(random)));
  }
  if (pairs !== undefined) {
    const rest = Math.sqrt(1 - pairs.correlation ** 2);
    for (let i = 0; i < n; i++) {
      const x = standardNormal(random);
      summary.addPair(x, pairs.correlation * x + rest * standardNormal(random));
    }
  }
  for (const [key, count] of Object.entries(counts ?? {})) for (let i = 0; i < count; i++) summary.add(key);
  for (const value of values ?? []) summary.add(value);
  for (let i = 0; i < nulls; i++) summary.add(null);
  // An object is of a wrong type in a series of any kind.
  for (let i = 0; i < wrong; i++) summary.add({});
  return summary;
}

/** Numbers in [0, 1), the same for the same seed: mulberry32 (Ettinger 2017, public domain). */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Box and Muller 1958. */
function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
