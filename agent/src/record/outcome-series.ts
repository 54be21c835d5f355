import { addValue } from './add-value.ts';
import type { Capture } from './capture.ts';
import type { ModelVersion } from './model-version.ts';

/** What turned out to be true, as it is sent. */
export type KnownOutcome = {
  readonly atMs: number;
  readonly values: readonly { readonly field: string; readonly value: number | string | boolean | undefined }[];
};

/** Adds an outcome to the series of stage `outcome`, in the window in which it became known. */
export function recordOutcome(capture: Capture, version: ModelVersion, { atMs, values }: KnownOutcome): void {
  if (capture.stopped) return;
  const window = capture.window(version, atMs);
  for (const { field, value } of values) {
    const series = version.find('outcome', field);
    if (typeof series === 'string') version.losses.add(version, series);
    else addValue(version, window, series, value);
  }
}
