import type { Series } from '../window/series.ts';
import type { WindowRecord } from '../window/window-record.ts';
import type { ModelVersion } from './model-version.ts';

/**
 * Adds one value to its series. The first valid value fixes the kind: numbers (and big integers) make it `number`,
 * strings and booleans `category`. Before that, only absent values and values of no kind are counted.
 */
export function addValue(version: ModelVersion, window: WindowRecord, series: Series, value: unknown): void {
  if (series.kind === undefined) {
    const kind = kindOf(value);
    if (kind === undefined) {
      window.addUndetermined(series, value === undefined || value === null ? 'missing' : 'wrongType');
      return;
    }
    version.determine(series, kind);
  }
  (window.summaries[series.index] ?? window.summary(series)).add(value);
}

function kindOf(value: unknown): 'number' | 'category' | undefined {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 'number';
    case 'string':
    case 'boolean':
      return 'category';
    default:
      return undefined;
  }
}
