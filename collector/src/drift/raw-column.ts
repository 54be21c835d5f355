import { type SeriesKind, Summary } from '@tidemark/sketch';

/** The raw values of one column, as the exact scores need them. */
export type RawColumn = {
  readonly kind: SeriesKind;
  /** The same values summarised: its counts by kind and its moments are exact. */
  readonly summary: Summary;
  /** The valid numbers, ascending; none for another kind. */
  readonly sorted: Float64Array;
  /** How often each valid category occurred, or each vector, written out; empty for numbers. */
  readonly counts: ReadonlyMap<string, number>;
  /** The valid vectors; none for another kind. */
  readonly vectors: readonly ArrayLike<number>[];
};

/** What `Summary.add` makes of each value, so that both forms of a score speak of the same rows. Memory as the values. */
export function rawColumn(kind: SeriesKind, values: ArrayLike<unknown>): RawColumn {
  const summary = new Summary(kind);
  const numbers: number[] = [];
  const counts = new Map<string, number>();
  const vectors: ArrayLike<number>[] = [];
  let valid = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    summary.add(value);
    if (kind === 'number') {
      const number = typeof value === 'bigint' ? Number(value) : value;
      // + 0: -0 is 0, as in the summary.
      if (typeof number === 'number' && Number.isFinite(number)) numbers.push(number + 0);
      continue;
    }
    if (summary.kinds.valid === valid) continue;
    valid = summary.kinds.valid;
    const key = kind === 'vector' ? Array.from(value as ArrayLike<number>).join() : String(value);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if (kind === 'vector') vectors.push(value as ArrayLike<number>);
  }
  return { kind, summary, sorted: Float64Array.from(numbers).sort(), counts, vectors };
}
