import type { WindowRecord } from '../window/window-record.ts';
import type { ModelVersion } from './model-version.ts';
import { ownSeries } from './own-series.ts';
import { Recorder } from './recorder.ts';
import type { Slice } from './slices.ts';

/** Where the durations of one watched thing go, in milliseconds: a series of stage `latency`. */
export class Latency {
  readonly #field: string;
  readonly #recorder: Recorder | undefined;

  /** Where the version has no room for the series, that is counted as a loss, and durations go nowhere. */
  constructor(version: ModelVersion, field: string) {
    this.#field = field;
    if (ownSeries(version, 'latency', field, 'number') === undefined) return;
    this.#recorder = new Recorder(version, 'latency', true, [field]);
  }

  record(window: WindowRecord, ms: number): void {
    this.#recorder?.recordOne(window, this.#field, ms);
  }

  /** Records once more, for a slice. */
  recordSlice(window: WindowRecord, slice: Slice, ms: number): void {
    this.#recorder?.recordSlice(window, slice, { [this.#field]: ms });
  }
}
