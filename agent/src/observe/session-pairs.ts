import type { PairPlace } from '../pair-options.ts';
import type { Window } from '../record/capture.ts';
import type { ModelVersion } from '../record/model-version.ts';
import { MAX_PAIR_VALUES, type PairRow, PairSeries, UNREAD } from '../record/pair-series.ts';
import { RowSample, xorshift } from '../record/row-sample.ts';
import { type Table, tableOf, valueAt } from '../record/tensor.ts';
import { outputOf, type SessionOptions } from './session-options.ts';

type Tensors = Readonly<Record<string, unknown>>;

/** Where a field of a pair is: in which tensor, of how many named columns, and in which column of how many. */
type Place = {
  readonly isInput: boolean;
  readonly tensor: string;
  readonly columns: number;
  readonly column: number;
  /** Whether the tensor has to have this column alone, or others beside it; null = it does not matter. */
  readonly isAlone: boolean | null;
};

/** The rows of a run that were picked for its pairs, and what has been read of them, row after row. */
export type TakenPairs = { readonly rows: Int32Array; readonly of: number; readonly values: PairRow };

/** Reads the pairs of the runs of one session: columns of its inputs and of its answer that the version declares as pairs. */
export class SessionPairs {
  readonly #series: PairSeries;
  readonly #places: readonly Place[];
  readonly #picked: RowSample = new RowSample(xorshift(2));

  private constructor(series: PairSeries, places: readonly Place[]) {
    this.#series = series;
    this.#places = places;
  }

  /** Undefined where the session has both fields of none. */
  static of(version: ModelVersion, options: SessionOptions): SessionPairs | undefined {
    const series = PairSeries.of(version, (place) => placeOf(place, options) !== undefined);
    if (series === undefined) return undefined;
    const places = series.places.flatMap((place) => placeOf(place, options) ?? []);
    return new SessionPairs(series, places);
  }

  /** Picks rows and copies what the inputs hold of them, since callers use their buffers again. */
  begin(feeds: Tensors, rows: number, recorded: number): TakenPairs {
    const most = Math.floor(MAX_PAIR_VALUES / this.#places.length);
    const { count, rows: places } = this.#picked.pick(rows, Math.min(recorded, most));
    const values: PairRow = new Array(count * this.#places.length).fill(UNREAD);
    const taken = { rows: places.slice(0, count), of: rows, values };
    this.#read(taken, feeds, true);
    return taken;
  }

  /** Reads the answer, and counts the pairs in. */
  end(window: Window, taken: TakenPairs, results: Tensors): void {
    this.#read(taken, results, false);
    const width = this.#places.length;
    for (let i = 0; i < taken.rows.length; i++) this.#series.add(window, taken.values, undefined, i * width);
  }

  #read({ rows, of, values }: TakenPairs, tensors: Tensors, isInput: boolean): void {
    const tables = new Map<string, Table | undefined>();
    for (const [at, place] of this.#places.entries()) {
      if (place.isInput !== isInput) continue;
      const { tensor, columns } = place;
      if (!tables.has(tensor)) tables.set(tensor, tableOf(tensors[tensor], columns));
      const table = tables.get(tensor);
      // What cannot be read is told by the series of the fields; of a tensor with other rows nobody knows which belong together.
      if (table === undefined || table.rows !== of) continue;
      if (place.isAlone !== null && place.isAlone !== (table.width === 1)) continue;
      for (let i = 0; i < rows.length; i++) {
        const there = place.column < table.width;
        const value = there ? valueAt(table, (rows[i] as number) * table.width + place.column) : undefined;
        values[i * this.#places.length + at] = value;
      }
    }
  }
}

function placeOf({ stage, field }: PairPlace, options: SessionOptions): Place | undefined {
  if (stage === 'feature') {
    for (const [tensor, names] of Object.entries(options.features ?? {})) {
      const column = names.indexOf(field);
      if (column >= 0) return { isInput: true, tensor, columns: names.length, column, isAlone: null };
    }
  }
  const answer = outputOf(options.prediction);
  const column = field === 'value' ? 0 : Number(/^value_(\d+)$/.exec(field)?.[1] ?? Number.NaN);
  if (stage !== 'prediction' || answer === undefined || Number.isNaN(column)) return undefined;
  return { isInput: false, tensor: answer, columns: 1, column, isAlone: field === 'value' };
}
