import type { Capture } from '../record/capture.ts';
import type { ModelVersion, Series } from '../record/model-version.ts';
import { ownSeries } from '../record/own-series.ts';

/** How a challenger compares with its champion, as series of the challenger's version: stage `step:shadow`. */
export const SHADOW_STAGE = 'step:shadow';

/** What one run of a challenger has shown. */
export type Comparison = {
  readonly disagrees: boolean;
  /** Challenger minus champion, where both are one number. */
  readonly difference: number | undefined;
  /** Challenger by champion; undefined where the champion took no time that can be measured. */
  readonly latencyRatio: number | undefined;
};

/** Records comparisons: `disagree` (yes or no), `difference` and `latency_ratio`. */
export class ShadowSeries {
  readonly #capture: Capture;
  readonly #version: ModelVersion;
  readonly #disagree: Series | undefined;
  readonly #difference: Series | undefined;
  readonly #latencyRatio: Series | undefined;

  constructor(capture: Capture, version: ModelVersion) {
    this.#capture = capture;
    this.#version = version;
    this.#disagree = ownSeries(version, SHADOW_STAGE, 'disagree', 'category');
    this.#difference = ownSeries(version, SHADOW_STAGE, 'difference', 'number');
    this.#latencyRatio = ownSeries(version, SHADOW_STAGE, 'latency_ratio', 'number');
  }

  /** Files a comparison under the event time of the champion's call. */
  record(atMs: number, { disagrees, difference, latencyRatio }: Comparison): void {
    if (this.#capture.stopped) return;
    const window = this.#capture.window(this.#version, atMs);
    if (this.#disagree !== undefined) window.summary(this.#disagree).add(disagrees ? 'yes' : 'no');
    if (this.#difference !== undefined && difference !== undefined) window.summary(this.#difference).add(difference);
    if (this.#latencyRatio !== undefined && latencyRatio !== undefined)
      window.summary(this.#latencyRatio).add(latencyRatio);
  }
}
