import type { Series } from '../window/series.ts';
import type { WindowRecord } from '../window/window-record.ts';
import { type ConfidenceFrom, ConfidenceReading, isDistribution } from './confidence.ts';
import type { ModelVersion } from './model-version.ts';
import type { RowSample } from './row-sample.ts';
import { scratch } from './scratch.ts';
import { copyNumbers, type Table } from './tensor.ts';

/** Finds or refuses the series of a field; what is refused is counted there. */
export type FindSeries = (field: string) => Series | undefined;

/**
 * The series that the confidence of one output goes to. Without `from` only the largest value of a row is kept, as
 * `value`; else `margin`, `entropy` and `impossible` (1 where a row is no distribution, else 0) beside it.
 */
export class ConfidenceSeries {
  readonly #value: Series | undefined;
  readonly #margin: Series | undefined;
  readonly #entropy: Series | undefined;
  readonly #impossible: Series | undefined;
  #from: ConfidenceFrom | undefined;
  readonly #reading = new ConfidenceReading();

  constructor(version: ModelVersion, from: ConfidenceFrom | undefined, find: FindSeries) {
    const number = (field: string) => {
      const series = find(field);
      if (series !== undefined) version.determine(series, 'number');
      return series;
    };
    this.#from = from;
    this.#value = number('value');
    if (from === undefined) return;
    this.#margin = number('margin');
    this.#entropy = number('entropy');
    this.#impossible = number('impossible');
  }

  /** Adds the picked rows; false where the scores are texts. */
  add(window: WindowRecord, table: Table, picked: RowSample): boolean {
    const { width } = table;
    if (width === 0 || picked.count === 0) return true;
    for (let i = 0; i < picked.count; i++) {
      const first = (picked.rows[i] as number) * width;
      if (table.coding === 'number') this.#addRow(window, table.data, first, width);
      else {
        const row = scratch(width);
        if (!copyNumbers(table, first, 1, width, row)) return false;
        this.#addRow(window, row, 0, width);
      }
    }
    return true;
  }

  #addRow(window: WindowRecord, scores: ArrayLike<number>, first: number, width: number): void {
    if (this.#from === undefined) {
      if (this.#value !== undefined) window.summary(this.#value).add(largest(scores, first, width));
      return;
    }
    // Decided once: rows of one output are all of one sort, and a broken distribution must not pass for logits.
    if (this.#from === 'auto') this.#from = isDistribution(scores, first, width) ? 'probabilities' : 'logits';
    const { value, margin, entropy, impossible } = this.#reading.read(scores, first, width, this.#from);
    if (this.#value !== undefined) window.summary(this.#value).add(value);
    if (this.#margin !== undefined) window.summary(this.#margin).add(margin);
    if (this.#entropy !== undefined) window.summary(this.#entropy).add(entropy);
    if (this.#impossible !== undefined) window.summary(this.#impossible).add(impossible ? 1 : 0);
  }
}

/** The largest of `width` numbers from `first` on; NaN where one is. */
export function largest(numbers: ArrayLike<number>, first: number, width: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = first; i < first + width; i++) {
    const value = numbers[i] as number;
    if (value > max) max = value;
    else if (Number.isNaN(value)) return value;
  }
  return max;
}
