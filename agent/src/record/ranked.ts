import { hushValue } from '../shield.ts';
import type { Series } from '../window/series.ts';
import type { WindowRecord } from '../window/window-record.ts';
import type { ModelVersion } from './model-version.ts';
import { ownSeries } from './own-series.ts';
import type { RowSample } from './row-sample.ts';
import { type Table, valueAt } from './tensor.ts';

/** Items of a ranked list that are counted unless said otherwise. */
export const DEFAULT_TOP = 10;

/** Most items of a ranked list that can be counted. */
export const MAX_TOP = 1_000;

/** How ranked lists are recorded: `top` items of each are counted. */
export type RankedOptions = true | { readonly top?: number };

/**
 * The series that ranked lists go to, as recommendations are, best first: the first `top` items are counted in `item`
 * (popularity), the first alone in `top`, and `length` is how many there are.
 */
export class RankedSeries {
  readonly #top: number;
  readonly #item: Series | undefined;
  readonly #first: Series | undefined;
  readonly #length: Series | undefined;

  /** Series that the version has no room for are counted as lost and left out. */
  constructor(version: ModelVersion, options: RankedOptions, stage = 'prediction') {
    this.#top = options === true ? DEFAULT_TOP : (options.top ?? DEFAULT_TOP);
    this.#item = ownSeries(version, stage, 'item', 'category');
    this.#first = ownSeries(version, stage, 'top', 'category');
    this.#length = ownSeries(version, stage, 'length', 'number');
  }

  /**
   * Adds one list: an array, or typed array, of ids. Nothing (null, undefined) is a missing answer; anything else is of
   * the wrong type.
   */
  add(window: WindowRecord, list: unknown): void {
    if (!isList(list)) {
      hushValue(list);
      const odd = list === null || list === undefined ? undefined : NO_LIST;
      if (this.#first !== undefined) window.summary(this.#first).add(odd);
      // A length that is no number is of the wrong type, as the list is.
      if (this.#length !== undefined) window.summary(this.#length).add(odd);
      return;
    }
    this.#count(window, list.length);
    if (this.#first !== undefined) window.summary(this.#first).add(this.#first.outgoing(list[0]));
    if (this.#item === undefined) return;
    const summary = window.summary(this.#item);
    const count = Math.min(list.length, this.#top);
    const { wrongType } = summary.kinds;
    for (let i = 0; i < count; i++) summary.add(this.#item.outgoing(list[i]));
    if (summary.kinds.wrongType !== wrongType) hushValue(list);
  }

  /** Adds the picked rows of a tensor, each a list. */
  addRows(window: WindowRecord, table: Table, picked: RowSample): void {
    const count = Math.min(table.width, this.#top);
    for (let i = 0; i < picked.count; i++) {
      const at = (picked.rows[i] as number) * table.width;
      this.#count(window, table.width);
      if (this.#first !== undefined)
        window.summary(this.#first).add(count > 0 ? this.#first.outgoing(valueAt(table, at)) : undefined);
      if (this.#item === undefined) continue;
      const summary = window.summary(this.#item);
      for (let j = 0; j < count; j++) summary.add(this.#item.outgoing(valueAt(table, at + j)));
    }
  }

  #count(window: WindowRecord, length: number): void {
    if (this.#length !== undefined) window.summary(this.#length).add(length);
  }
}

// Neither a number nor a category.
const NO_LIST = Object.freeze({});

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
