import { hushValue } from '../shield.ts';
import type { Series } from '../window/series.ts';
import type { WindowRecord } from '../window/window-record.ts';
import type { ModelVersion } from './model-version.ts';
import { addVector } from './projected.ts';
import { kindOf } from './value-kind.ts';

/**
 * Adds one value to its series. The first valid value fixes the kind: numbers (and big integers) make it `number`,
 * strings and booleans `category`, lists of numbers `vector`. Before that, only absent values and values of no kind are
 * counted. A promise where a value belongs is of no kind, and its rejection must not become the host's.
 */
export function addValue(version: ModelVersion, window: WindowRecord, series: Series, value: unknown): void {
  const kind = typeof value === 'object' || series.kind === undefined ? kindOf(value) : undefined;
  if (kind === undefined) hushValue(value);
  if (series.kind === undefined) {
    if (kind === undefined) {
      window.addUndetermined(series, value === undefined || value === null ? 'missing' : 'wrongType');
      return;
    }
    version.determine(series, kind);
  }
  if (series.kind === 'vector' && kind === 'vector') {
    // By way of the series, so that every window of it has vectors of one size.
    addVector(version, window, series, value as ArrayLike<unknown>);
    return;
  }
  (window.summaries[series.index] ?? window.summary(series)).add(series.outgoing(value));
}
