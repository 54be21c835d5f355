import type { ModelVersion, Series, SeriesKind } from './model-version.ts';

/** A series of the agent's own, of the kind it has by design; undefined where the version has no room for it (a loss). */
export function ownSeries(version: ModelVersion, stage: string, field: string, kind: SeriesKind): Series | undefined {
  const series = version.find(stage, field);
  if (typeof series === 'string') {
    version.losses.add(version, series);
    return undefined;
  }
  version.determine(series, kind);
  return series;
}
