import { PAIR_STAGE, type PairPlace, type PairSpec } from '../pair-options.ts';
import { hushValue } from '../shield.ts';
import type { Series } from '../window/series.ts';
import type { WindowRecord } from '../window/window-record.ts';
import { fieldsOf, type Named } from './field-reader.ts';
import type { ModelVersion } from './model-version.ts';
import { ownSeries } from './own-series.ts';
import type { Slice } from './slices.ts';

/** The place of a value that nobody has read. */
export const UNREAD: unique symbol = Symbol('unread');

/** Values held for the pairs of one call until it has answered, some 20 MB at most: of a larger one rows are picked. */
export const MAX_PAIR_VALUES = 1_048_576;

/** What is read of one inference for its pairs: two values for each pair, one pair after the other. */
export type PairRow = unknown[];

/** The declared pairs of a model version, as series of its own: of each, how its two fields go together. */
export class PairSeries {
  /** Two places for each pair, as in a row. */
  readonly places: readonly PairPlace[];
  readonly #version: ModelVersion;
  readonly #series: readonly Series[];

  private constructor(version: ModelVersion, pairs: readonly { readonly spec: PairSpec; readonly series: Series }[]) {
    this.#version = version;
    this.#series = pairs.map(({ series }) => series);
    this.places = pairs.flatMap(({ spec }) => spec.of);
  }

  /** Those of a version of which both fields can be `read`; undefined where there are none. */
  static of(version: ModelVersion, read: (place: PairPlace) => boolean): PairSeries | undefined {
    const pairs = version.pairs
      .filter(({ of }) => of.every(read))
      .flatMap((spec) => {
        const series = ownSeries(version, PAIR_STAGE, spec.name, 'pair');
        // Somebody has declared, or recorded, another series under this name.
        return series?.kind === 'pair' ? [{ spec, series }] : [];
      });
    return pairs.length === 0 ? undefined : new PairSeries(version, pairs);
  }

  /** A row of which nothing has been read. */
  newRow(): PairRow {
    return new Array(this.places.length).fill(UNREAD);
  }

  /** Reads what a stage has for the pairs; nothing where its extractor failed. Never throws. */
  read(row: PairRow, stage: string, named: Named | undefined): void {
    const fields = fieldsOf(named);
    if (fields === undefined) return;
    try {
      for (let i = 0; i < this.places.length; i++) {
        const place = this.places[i] as PairPlace;
        if (place.stage !== stage) continue;
        const value = (fields as Readonly<Record<string, unknown>>)[place.field];
        hushValue(value);
        row[i] = value;
      }
    } catch {
      this.#version.losses.add(this.#version, 'capture-failed');
    }
  }

  /** Counts the pairs in of which both values were read, for all traffic and for the slices. */
  add(window: WindowRecord, row: readonly unknown[], slices?: readonly Slice[], first = 0): void {
    for (let i = 0; i < this.#series.length; i++) {
      const series = this.#series[i] as Series;
      const x = row[first + 2 * i];
      const y = row[first + 2 * i + 1];
      if (x === UNREAD || y === UNREAD) continue;
      window.summary(series).addPair(x, y);
      if (slices === undefined) continue;
      for (const slice of slices) {
        const sliced = slice.seriesOf(series);
        if (sliced !== undefined) window.summary(sliced).addPair(x, y);
      }
    }
  }
}
