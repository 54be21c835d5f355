import type { ListedCounts, Summary } from '@tidemark/sketch';
import type { Series } from '../window/series.ts';
import type { WindowRecord } from '../window/window-record.ts';
import type { ColumnRoom } from './column-room.ts';

// What a digest merges at once (CHUNK in the sketch): whole chunks need no room on their way.
const MOST_ROWS = 2_048;
const FEWEST_ROWS = 64;
const MOST_BYTES = 1024 * 1024;
// Columns whose places lie a power of two apart share the same few lines of the processor's cache.
const PADDING = 8;

/** How a recorder's columns lie in a block: `rows` (a power of two) doubles each, `stride` apart. */
export type Layout = { readonly rows: number; readonly stride: number; readonly columns: number };

/** The layout for so many columns of numbers: as many rows as fit into a mebibyte, at most a chunk of a digest. */
export function layoutOf(columns: number): Layout {
  let rows = MOST_ROWS;
  while (rows > FEWEST_ROWS && columns * rows * 8 > MOST_BYTES) rows /= 2;
  return { rows, stride: rows + PADDING, columns };
}

/**
 * Where the ring of a column begins. Each begins elsewhere, so that they are full one after the other and not all at
 * once: a column of 2 048 values takes about 20 us to drain, and a call pays for one at the most.
 */
export function offsetOf(column: number, { rows, columns }: Layout): number {
  return (rows - fullAt(column, rows, columns)) & (rows - 1);
}

/** The row of each round with which a column is full: the last column with the last row. */
function fullAt(column: number, rows: number, columns: number): number {
  return Math.ceil(((column + 1) * rows) / columns);
}

/**
 * Numbers of one recorder on their way to the summaries of one window, column by column in rings. Recorders write into
 * `values` themselves: row i of column c is at `c * stride + ((i + offset of c) & (rows - 1))`. NaN keeps the place of a
 * value that was counted otherwise.
 */
export class ColumnBlock {
  readonly window: WindowRecord;
  readonly values: Float64Array;
  /** By place among the recorder's columns of categories. */
  readonly categories: readonly ListedCounts[];
  /** The row to be written next. */
  row = 0;
  /** As soon as this row is reached, `drainDue` must be called. */
  due: number;
  /** Whether its window has been settled; the block takes no rows then. */
  settled = false;
  /** Whether a row is being written: what is read for it may call what is watched, or flush, from within. */
  writing = false;
  readonly #layout: Layout;
  /** Mask of the ring of a block whose one column is one of numbers, else -1. */
  readonly #onlyMask: number;
  readonly #room: ColumnRoom;
  readonly #summaries: readonly Summary[];
  readonly #counted: readonly Summary[];
  /** The next column to be full, and in which round of the rings. */
  #next = 0;
  #round = 0;
  /** By column, where its undrained values begin. */
  readonly #from: Uint16Array;

  private constructor(
    window: WindowRecord,
    values: Float64Array,
    room: ColumnRoom,
    layout: Layout,
    numbers: readonly Series[],
    categories: readonly Series[],
  ) {
    this.window = window;
    this.values = values;
    this.#room = room;
    this.#layout = layout;
    this.#onlyMask = layout.columns === 1 ? layout.rows - 1 : -1;
    this.#summaries = numbers.map((series) => window.summary(series));
    this.#counted = categories.map((series) => window.summary(series));
    this.categories = this.#counted.map((summary) => summary.categories.listed);
    this.#from = Uint16Array.from(numbers, (_, column) => offsetOf(column, layout));
    this.due = this.#dueNext();
  }

  /** A block of one window, which drains it when it is settled; undefined where there is no memory left for one. */
  static of(
    window: WindowRecord,
    room: ColumnRoom,
    layout: Layout,
    numbers: readonly Series[],
    categories: readonly Series[],
  ): ColumnBlock | undefined {
    const values = room.take(layout.stride * layout.columns);
    if (values === undefined) return undefined;
    const block = new ColumnBlock(window, values, room, layout, numbers, categories);
    window.attach(block);
    return block;
  }

  /**
   * Writes a row of a block that has one column, and says whether it could: a number that is none of NaN, or a category
   * that is listed already.
   */
  put(value: unknown): boolean {
    const { row } = this;
    if (typeof value === 'number') {
      if (this.#onlyMask < 0 || Number.isNaN(value)) return false;
      // The ring of a single column begins where the block does.
      this.values[row & this.#onlyMask] = value;
    } else {
      if (typeof value !== 'string' || this.#onlyMask >= 0) return false;
      const { slots, counts } = this.categories[0] as ListedCounts;
      const slot = slots.get(value);
      if (slot === undefined) return false;
      (counts[slot] as number)++;
    }
    this.row = row + 1;
    if (row + 1 === this.due) this.drainDue();
    return true;
  }

  /** Hands the columns on that are full with the row just written. */
  drainDue(): void {
    while (this.row === this.due) {
      this.#drain(this.#next, this.#layout.rows);
      this.#next++;
      if (this.#next === this.#layout.columns) {
        this.#next = 0;
        this.#round++;
      }
      this.due = this.#dueNext();
    }
  }

  /** Makes NaN of the row that was being written when something failed, and leaves it behind. */
  spoilRow(): void {
    const { rows, stride, columns } = this.#layout;
    for (let column = 0; column < columns; column++) {
      this.values[column * stride + ((this.row + offsetOf(column, this.#layout)) & (rows - 1))] = Number.NaN;
    }
    this.row++;
    if (this.row === this.due) this.drainDue();
  }

  /** Hands everything on and gives its memory back; the block is not used afterwards. */
  settle(): void {
    const { rows, columns } = this.#layout;
    for (let column = 0; column < columns; column++) {
      const end = (this.row + offsetOf(column, this.#layout)) & (rows - 1);
      this.#drain(column, end);
    }
    for (const { kinds, categories } of this.#counted) {
      categories.recount();
      kinds.valid = categories.total;
    }
    // Someone may still be writing into it.
    if (this.writing) this.#room.giveUp(this.values);
    else this.#room.giveBack(this.values);
    this.settled = true;
  }

  #drain(column: number, end: number): void {
    const from = this.#from[column] as number;
    const start = column * this.#layout.stride;
    if (end > from) (this.#summaries[column] as Summary).addNumbers(this.values.subarray(start + from, start + end));
    this.#from[column] = end & (this.#layout.rows - 1);
  }

  #dueNext(): number {
    const { rows, columns } = this.#layout;
    return columns === 0 ? Number.POSITIVE_INFINITY : this.#round * rows + fullAt(this.#next, rows, columns);
  }
}
