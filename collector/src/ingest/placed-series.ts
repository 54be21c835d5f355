import type { SeriesKind } from '@tidemark/sketch';
import type { StoredSeries } from './ingest-store.ts';

/** A window, as far as parts are told apart by it; times in ms. */
export type PartWindow = { readonly widthMs: number; readonly start: number };

/** One key for a part: `id` is that of a series, or of a model version. */
export function partKey(id: number, { widthMs, start }: PartWindow): string {
  return `${id}/${widthMs}/${start}`;
}

/**
 * A series that is stored. It remembers the key of its part in the window that was asked for last, which is nearly always the
 * next one again: a text that is made and hashed anew for every delta costs as much as its centroids cost to read.
 */
export class PlacedSeries implements StoredSeries {
  readonly id: number;
  readonly kind: SeriesKind;
  #widthMs = 0;
  #start = 0;
  #key = '';

  constructor({ id, kind }: StoredSeries) {
    this.id = id;
    this.kind = kind;
  }

  /** `partKey` of its part in a window. */
  keyIn(window: PartWindow): string {
    if (window.start !== this.#start || window.widthMs !== this.#widthMs) {
      this.#start = window.start;
      this.#widthMs = window.widthMs;
      this.#key = partKey(this.id, window);
    }
    return this.#key;
  }
}
