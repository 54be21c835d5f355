import type { Summary } from '@tidemark/sketch';
import type { TickSource } from '../../../collector/src/alerting/tick-view.ts';
import type { Baseline, BaselineSeries, BaselineWindow } from '../../../collector/src/baseline/baseline.ts';
import type { SeriesInfo, Traffic, VersionInfo } from '../../../collector/src/rules/source.ts';
import { type FieldStream, HOUR_MS, type ModelStream } from './stream.ts';

/** Models in memory, as judging sees a store that has an hour in a window. Each has one version. */
export class StreamSource implements TickSource {
  readonly #models: readonly ModelStream[];
  readonly #series: readonly (SeriesInfo & { readonly stream: FieldStream })[];

  constructor(models: readonly ModelStream[]) {
    this.#models = models;
    this.#series = models
      .flatMap(({ fields }, versionId) => fields.map((stream) => ({ versionId, stream })))
      .map(({ versionId, stream }, id) => {
        const { stage, field, kind } = stream;
        return { id, versionId, stage, field, kind, slice: '', stream };
      });
  }

  async models(): Promise<string[]> {
    return this.#models.map(({ model }) => model);
  }

  async versions(model: string): Promise<VersionInfo[]> {
    return this.#models.flatMap((one, id) =>
      one.model === model
        ? [{ id, model, version: '1', firstSeen: one.firstHour * HOUR_MS, lastSeen: (one.lastHour + 1) * HOUR_MS }]
        : [],
    );
  }

  async series(versionId: number): Promise<SeriesInfo[]> {
    return this.#series.filter((one) => one.versionId === versionId);
  }

  async spans(seriesIds: readonly number[], from: number, to: number): Promise<Map<number, Summary>> {
    const asked = new Map<number, Summary>();
    for (const id of seriesIds) {
      const span = this.#series[id]!.stream.spanOf(Math.ceil(from / HOUR_MS), Math.floor(to / HOUR_MS));
      if (span !== null) asked.set(id, span);
    }
    return asked;
  }

  async traffic(versionId: number | readonly number[], from: number, to: number): Promise<Traffic> {
    const ids = typeof versionId === 'number' ? [versionId] : versionId;
    let [rows, errors, windows] = [0, 0, 0];
    for (const id of ids) {
      const { rowsOf, errorsOf, firstHour, lastHour } = this.#models[id]!;
      const last = Math.min(to / HOUR_MS - 1, lastHour);
      for (let hour = Math.max(firstHour, Math.ceil(from / HOUR_MS)); hour <= last; hour++) {
        const served = rowsOf(hour);
        if (served === 0) continue;
        rows += served;
        errors += errorsOf(hour);
        windows++;
      }
    }
    return { rows, errors, windows };
  }

  async baseline(model: string, _version: string, name: string): Promise<Baseline | null> {
    return this.#models.find((one) => one.model === model && one.baseline.name === name)?.baseline ?? null;
  }

  async baselineWindows(
    baselineId: number,
    series: BaselineSeries,
    spanMs: number,
  ): Promise<readonly BaselineWindow[]> {
    const model = this.#models.find(({ baseline }) => baseline.id === baselineId);
    return spanMs === HOUR_MS ? (model?.baselineHours(series) ?? []) : [];
  }
}
