import { type SeriesKind, SketchError, Summary, type SummaryOptions } from '@tidemark/sketch';
import {
  type Baseline,
  type BaselineSeries,
  type BaselineWindow,
  seriesKey,
} from '../../../collector/src/baseline/baseline.ts';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import { CollectorError } from '../../../collector/src/errors.ts';
import type { JudgingSource, SeriesInfo, Traffic, VersionInfo } from '../../../collector/src/rules/source.ts';

export function summaryOf(kind: SeriesKind, values: readonly unknown[], options: SummaryOptions = {}): Summary {
  const summary = new Summary(kind, options);
  for (const value of values) summary.add(value);
  return summary;
}

type Window = { seriesId: number; from: number; to: number; summary: Summary };

/** A store in memory: what is put in is what judging sees. Windows count where they lie within the span. */
export class MemorySource implements JudgingSource {
  readonly #versions: VersionInfo[] = [];
  readonly #series: SeriesInfo[] = [];
  readonly #windows: Window[] = [];
  readonly #traffic: { versionId: number; from: number; to: number; rows: number; errors: number }[] = [];
  readonly #baselines: Baseline[] = [];
  readonly #baselineWindows = new Map<string, readonly BaselineWindow[]>();
  /** Series whose windows cannot be read. */
  readonly broken = new Set<number>();
  /** Models whose baselines cannot be read. */
  readonly brokenBaselines = new Set<string>();

  addVersion(model: string, version: string, firstSeen: number, lastSeen: number): VersionInfo {
    const info = { id: this.#versions.length + 1, model, version, firstSeen, lastSeen };
    this.#versions.push(info);
    return info;
  }

  addSeries(version: VersionInfo, stage: string, field: string, kind: SeriesKind, slice = ''): SeriesInfo {
    const info = { id: 100 + this.#series.length, versionId: version.id, stage, field, slice, kind };
    this.#series.push(info);
    return info;
  }

  addWindow(series: SeriesInfo, from: number, to: number, summary: Summary): void {
    this.#windows.push({ seriesId: series.id, from, to, summary });
  }

  addTraffic(version: VersionInfo, from: number, to: number, rows: number, errors = 0): void {
    this.#traffic.push({ versionId: version.id, from, to, rows, errors });
  }

  addBaseline(
    version: VersionInfo,
    name: string,
    series: readonly { stage: string; field: string; summary: Summary }[],
  ): void {
    const kept = series.map(({ stage, field, summary }): [string, BaselineSeries] => [
      seriesKey(stage, field),
      { stage, field, kind: summary.kind, summary, bins: makeBins(summary) },
    ]);
    const { model, version: of } = version;
    this.#baselines.push({ id: this.#baselines.length + 1, name, model, version: of, series: new Map(kept) });
  }

  /** Windows of a span (ms) of a field of the baseline `id`, which count from 1. */
  addBaselineWindows(id: number, field: string, spanMs: number, windows: readonly BaselineWindow[]): void {
    this.#baselineWindows.set(JSON.stringify([id, field, spanMs]), windows);
  }

  async baselineWindows(id: number, { field }: { field: string }, spanMs: number): Promise<readonly BaselineWindow[]> {
    return this.#baselineWindows.get(JSON.stringify([id, field, spanMs])) ?? [];
  }

  async models(): Promise<string[]> {
    return [...new Set(this.#versions.map((one) => one.model))];
  }

  async versions(model: string): Promise<VersionInfo[]> {
    return this.#versions.filter((one) => one.model === model);
  }

  async series(versionId: number): Promise<SeriesInfo[]> {
    return this.#series.filter((one) => one.versionId === versionId);
  }

  async spans(seriesIds: readonly number[], from: number, to: number): Promise<Map<number, Summary>> {
    const merged = new Map<number, Summary>();
    for (const window of this.#windows) {
      if (!seriesIds.includes(window.seriesId) || window.from < from || window.to > to) continue;
      if (this.broken.has(window.seriesId)) throw new SketchError('SKETCH_BYTES_INVALID', 'the digest ends early');
      const known = merged.get(window.seriesId);
      if (known) known.merge(window.summary);
      else merged.set(window.seriesId, window.summary.clone());
    }
    return merged;
  }

  async traffic(versionId: number | readonly number[], from: number, to: number): Promise<Traffic> {
    const ids = typeof versionId === 'number' ? [versionId] : versionId;
    const inside = this.#traffic.filter((one) => ids.includes(one.versionId) && one.from >= from && one.to <= to);
    const sum = (key: 'rows' | 'errors') => inside.reduce((all, one) => all + one[key], 0);
    return { rows: sum('rows'), errors: sum('errors'), windows: inside.length };
  }

  async baseline(model: string, version: string, name: string): Promise<Baseline | null> {
    if (this.brokenBaselines.has(model)) throw new CollectorError('BASELINE_INVALID', 'stored bins are not JSON');
    const named = this.#baselines.filter((one) => one.model === model && one.name === name);
    return named.find((one) => one.version === version) ?? named.at(-1) ?? null;
  }
}
