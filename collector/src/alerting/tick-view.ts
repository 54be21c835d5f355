import type { Summary } from '@tidemark/sketch';
import type { Baseline, BaselineSeries, BaselineWindow } from '../baseline/baseline.ts';
import type { JudgingSource, SeriesInfo, Traffic, VersionInfo } from '../rules/source.ts';
import type { DatedSource } from './history-source.ts';

/** Sources whose series need no dates (all were there from the start) have no `firstWindows`. */
export type TickSource = JudgingSource & Partial<DatedSource>;

/**
 * The store as one tick sees it. What several rules ask for is read once, and a series whose first window starts at the
 * tick or later is not there yet: so a tick that is judged late, or again, sees what it would have seen in its time.
 */
export class TickView implements JudgingSource {
  readonly #source: TickSource;
  readonly #tick: number;
  readonly #answers = new Map<string, Promise<unknown>>();
  readonly #spans = new Map<string, Map<number, Summary | null>>();

  constructor(source: TickSource, tick: number) {
    this.#source = source;
    this.#tick = tick;
  }

  models(): Promise<string[]> {
    return this.#once('models', () => this.#source.models());
  }

  versions(model: string): Promise<VersionInfo[]> {
    return this.#once(`versions ${model}`, () => this.#source.versions(model));
  }

  series(versionId: number): Promise<SeriesInfo[]> {
    return this.#once(`series ${versionId}`, () => this.#seriesSoFar(versionId));
  }

  traffic(versionId: number | readonly number[], from: number, to: number): Promise<Traffic> {
    return this.#once(`traffic ${versionId} ${from} ${to}`, () => this.#source.traffic(versionId, from, to));
  }

  baseline(model: string, version: string, name: string): Promise<Baseline | null> {
    const key = `baseline ${JSON.stringify([model, version, name])}`;
    return this.#once(key, () => this.#source.baseline(model, version, name));
  }

  async baselineWindows(
    baselineId: number,
    series: Pick<BaselineSeries, 'stage' | 'field'>,
    spanMs: number,
  ): Promise<readonly BaselineWindow[]> {
    return (await this.#source.baselineWindows?.(baselineId, series, spanMs)) ?? [];
  }

  async spans(seriesIds: readonly number[], from: number, to: number): Promise<Map<number, Summary>> {
    const key = `${from} ${to}`;
    const known = this.#spans.get(key) ?? new Map<number, Summary | null>();
    this.#spans.set(key, known);
    const missing = seriesIds.filter((id) => !known.has(id));
    if (missing.length > 0) {
      const merged = await this.#source.spans(missing, from, to);
      for (const id of missing) known.set(id, merged.get(id) ?? null);
    }
    const asked = new Map<number, Summary>();
    for (const id of seriesIds) {
      const summary = known.get(id);
      if (summary) asked.set(id, summary);
    }
    return asked;
  }

  async #seriesSoFar(versionId: number): Promise<SeriesInfo[]> {
    const series = await this.#source.series(versionId);
    const firstWindows = await this.#source.firstWindows?.(series.map(({ id }) => id));
    if (firstWindows === undefined) return series;
    return series.filter(({ id }) => (firstWindows.get(id) ?? -Infinity) < this.#tick);
  }

  /** A failure is remembered too: every rule of the tick hears of it, and the store is not asked again and again. */
  #once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const asked = ask();
    this.#answers.set(key, asked);
    return asked;
  }
}
