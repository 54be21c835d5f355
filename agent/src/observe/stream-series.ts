import { addValue } from '../record/add-value.ts';
import type { Capture } from '../record/capture.ts';
import type { ModelVersion, Series } from '../record/model-version.ts';
import { ownSeries } from '../record/own-series.ts';
import type { Call } from './call-watch.ts';
import type { StreamMeasure } from './stream-call.ts';

/** Where the measures of one function's streams go: `latency/first_item_ms`, `step:stream/items`, `step:stream/ended`. */
export class StreamSeries {
  readonly #capture: Capture;
  readonly #version: ModelVersion;
  readonly #firstItem: Series | undefined;
  readonly #items: Series | undefined;
  readonly #ended: Series | undefined;

  constructor(capture: Capture, version: ModelVersion) {
    this.#capture = capture;
    this.#version = version;
    this.#firstItem = ownSeries(version, 'latency', 'first_item_ms', 'number');
    this.#items = ownSeries(version, 'step:stream', 'items', 'number');
    this.#ended = ownSeries(version, 'step:stream', 'ended', 'category');
  }

  /** Adds the measures of a stream to the window of its call. */
  add(call: Call, { items, firstItemMs, ended }: StreamMeasure): void {
    if (this.#capture.stopped) return;
    const window = this.#capture.window(this.#version, call.atMs);
    if (this.#firstItem !== undefined && firstItemMs !== undefined)
      addValue(this.#version, window, this.#firstItem, firstItemMs);
    if (this.#items !== undefined) addValue(this.#version, window, this.#items, items);
    if (this.#ended !== undefined) addValue(this.#version, window, this.#ended, ended);
  }
}
