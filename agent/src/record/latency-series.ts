import type { Series } from '../window/series.ts';
import type { ModelVersion } from './model-version.ts';

/** The series that durations go to, in milliseconds; undefined where the version has no room for it (a loss). */
export function latencySeries(version: ModelVersion, field: 'call_ms' | 'step_ms' | 'session_ms'): Series | undefined {
  const series = version.find('latency', field);
  if (typeof series === 'string') {
    version.losses.add(version, series);
    return undefined;
  }
  version.determine(series, 'number');
  return series;
}
