import { formatDuration } from '../duration.ts';
import { CollectorError } from '../errors.ts';
import { MAX_WINDOWS } from './from-windows.ts';
import { timeOfValue } from './row-time.ts';
import type { Span } from './spans.ts';

/** How a file is cut into windows: by the times in a column, as wide as is said (ms). */
export type RowTime = { readonly column: string; readonly windowMs: number };

/** Tells the window of each row of a file by its time, and bounds how many there are. */
export class RowWindows {
  readonly #path: string;
  readonly #time: RowTime;
  readonly #columns: number;
  readonly #seen = new Set<number>();
  #first = Infinity;
  #last = -Infinity;

  /** `columns`: how many other columns have a summary in each window. */
  constructor(path: string, time: RowTime, columns: number) {
    this.#path = path;
    this.#time = time;
    this.#columns = columns;
  }

  /** Where the windows begin of a run of times, the first of which is of the row `firstRow` (from 0). Throws BASELINE_INVALID for what is no time, or too many windows. */
  starts(values: ArrayLike<unknown>, firstRow: number): Float64Array {
    const { windowMs, column } = this.#time;
    const starts = new Float64Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const time = timeOfValue(values[i]);
      if (time === null) {
        const got = values[i] === null ? 'none' : JSON.stringify(values[i]);
        const text = `row ${firstRow + i + 1}: expected a time in the column '${column}', such as 2026-03-01T12:00:00Z, got ${got}`;
        throw new CollectorError('BASELINE_INVALID', `${this.#path}: ${text}`);
      }
      const start = Math.floor(time / windowMs) * windowMs;
      starts[i] = start;
      if (!this.#seen.has(start)) this.#open(start);
    }
    return starts;
  }

  /** What the rows so far are of, in whole windows; null for none. */
  span(): Span | null {
    return this.#seen.size === 0 ? null : { from: this.#first, to: this.#last + this.#time.windowMs };
  }

  #open(start: number): void {
    this.#seen.add(start);
    this.#first = Math.min(this.#first, start);
    this.#last = Math.max(this.#last, start);
    const count = this.#seen.size * this.#columns;
    if (count <= MAX_WINDOWS) return;
    const text = `expected at most ${MAX_WINDOWS} windows of columns, got more, at ${formatDuration(this.#time.windowMs)} each`;
    throw new CollectorError('BASELINE_INVALID', `${this.#path}: ${text}; take a wider --window`);
  }
}
