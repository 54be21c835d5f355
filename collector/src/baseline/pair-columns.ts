import { keyOfColumn } from './column-name.ts';
import { numberOfText } from './number-text.ts';
import type { ColumnChunk, ColumnFile } from './read-file.ts';

/** Two columns of a file that are read as one, of pairs: what the one is called, and which two series those are, named as columns are. */
export type PairColumn = { readonly column: string; readonly of: readonly [string, string] };

/** What stands between the names of the two fields of a pair: `distance~prediction.delay`. */
const BETWEEN = '~';

/** The two columns that a pair of the name is of, of two series; null where it names none. */
export function columnsOfPair(name: string): readonly [string, string] | null {
  const parts = name.split(BETWEEN);
  const [one = '', other = ''] = parts;
  const isPair = parts.length === 2 && one !== '' && other !== '' && keyOfColumn(one) !== keyOfColumn(other);
  return isPair ? [one, other] : null;
}

/**
 * The file with columns of pairs in addition, those of which it has both. A value of one is the array of the two numbers of a
 * row; texts that look like a number are one. Of a run of the one column no more is held than until the same rows of the other come.
 */
export function withPairs(file: ColumnFile, pairs: readonly PairColumn[]): ColumnFile {
  const byKey = new Map(file.columns.map((column) => [keyOfColumn(column), column]));
  const columnOf = (name: string) => (file.columns.includes(name) ? name : byKey.get(keyOfColumn(name)));
  const readable = pairs.flatMap(({ column, of: [one, other] }): PairColumn[] => {
    const [x, y] = [columnOf(one), columnOf(other)];
    const isPair = x !== undefined && y !== undefined && x !== y && !file.columns.includes(column);
    return isPair ? [{ column, of: [x, y] }] : [];
  });
  if (readable.length === 0) return file;
  const columns = [...file.columns, ...readable.map(({ column }) => column)];
  return { ...file, columns, chunks: (wanted = columns) => chunksOf(file, readable, wanted) };
}

async function* chunksOf(
  file: ColumnFile,
  pairs: readonly PairColumn[],
  wanted: readonly string[],
): AsyncGenerator<ColumnChunk> {
  const asked = new Set(wanted);
  const joins = pairs.filter(({ column }) => asked.has(column)).map((pair) => new Join(pair));
  const plain = wanted.filter((column) => file.columns.includes(column));
  const parts = joins.flatMap(({ of }) => of);
  for await (const chunk of file.chunks([...new Set([...plain, ...parts])])) {
    if (asked.has(chunk.column)) yield chunk;
    for (const join of joins) yield* join.take(chunk);
  }
}

/** Brings the runs of two columns together, which take turns and are cut at other rows in some formats. */
class Join {
  readonly of: readonly [string, string];
  readonly #column: string;
  /** Numbers of either that wait for the other, from `#row` on. */
  readonly #waiting: [unknown[], unknown[]] = [[], []];
  #row = 0;

  constructor({ column, of }: PairColumn) {
    this.of = of;
    this.#column = column;
  }

  *take({ column, values }: ColumnChunk): Generator<ColumnChunk> {
    const side = this.of.indexOf(column);
    if (side < 0) return;
    const mine = this.#waiting[side]!;
    for (let i = 0; i < values.length; i++) mine.push(numberIn(values[i]));
    const [xs, ys] = this.#waiting;
    const rows = Math.min(xs.length, ys.length);
    if (rows === 0) return;
    const pairs = xs.splice(0, rows).map((x, i) => [x, ys[i]]);
    ys.splice(0, rows);
    yield { column: this.#column, firstRow: this.#row, values: pairs };
    this.#row += rows;
  }
}

function numberIn(value: unknown): unknown {
  return typeof value === 'string' ? numberOfText(value) : value;
}
