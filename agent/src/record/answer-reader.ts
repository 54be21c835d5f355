import type { WindowRecord } from '../window/window-record.ts';
import type { Extractor, Named } from './field-reader.ts';
import type { ModelVersion } from './model-version.ts';
import { type RankedOptions, RankedSeries } from './ranked.ts';
import type { Slice } from './slices.ts';

/** Reads what an answer says by one extractor, and puts it into a window. None of its methods throws. */
export type AnswerReader = {
  /** Undefined when the extractor failed. */
  readResult(result: unknown, args: readonly unknown[]): Named | undefined;
  record(window: WindowRecord, named: Named): void;
  /** Records once more, for a slice. */
  recordSlice(window: WindowRecord, slice: Slice, named: Named): void;
};

/** A list of items, best first, as an extractor named it. */
class Ranking {
  readonly list: unknown;
  constructor(list: unknown) {
    this.list = list;
  }
}

/** Reads answers that are ranked lists, as recommendations are; slices do not divide them. */
export class RankedReader implements AnswerReader {
  readonly #version: ModelVersion;
  readonly #extract: (...args: unknown[]) => unknown;
  readonly #series: RankedSeries;

  constructor(version: ModelVersion, stage: string, extract: Extractor, options: RankedOptions) {
    this.#version = version;
    this.#extract = extract as (...args: unknown[]) => unknown;
    this.#series = new RankedSeries(version, options, stage);
  }

  readResult(result: unknown, args: readonly unknown[]): Named | undefined {
    try {
      return new Ranking(this.#extract(result, ...args));
    } catch {
      return this.#lose('extractor-failed');
    }
  }

  record(window: WindowRecord, named: Named): void {
    try {
      this.#series.add(window, named instanceof Ranking ? named.list : undefined);
    } catch {
      this.#lose('capture-failed');
    }
  }

  recordSlice(): void {}

  #lose(reason: 'extractor-failed' | 'capture-failed'): undefined {
    this.#version.losses.add(this.#version, reason);
  }
}
