import type { Summary } from '@tidemark/sketch';
import type { Baseline, BaselineSeries, BaselineWindow } from '../../baseline/baseline.ts';
import type { JudgingSource, SeriesInfo, Traffic, VersionInfo } from '../../rules/source.ts';

/** Merged spans that are kept; those that were made first go first. Judging hour by hour, widened to a week, needs some 1 500. */
const MOST_SPANS = 2_048;

/** The windows that a baseline keeps of one series, as if they were what the model had served: judged by itself, it ought to be quiet. */
export class BaselineHistory implements JudgingSource {
  readonly #baseline: Baseline;
  readonly #windowMs: number;
  readonly #windows: ReadonlyMap<number, Summary>;
  readonly #version: VersionInfo;
  readonly #series: SeriesInfo;
  readonly #spans = new Map<string, Summary | null>();

  /** `windows` are not empty, oldest first and `windowMs` wide. */
  constructor(baseline: Baseline, series: BaselineSeries, windows: readonly BaselineWindow[], windowMs: number) {
    const { model, version } = baseline;
    const { stage, field, kind } = series;
    // It alone is looked at, so that what is merged for it can go before the next one's turn.
    this.#baseline = { ...baseline, series: new Map([...baseline.series].filter(([, one]) => one === series)) };
    this.#windowMs = windowMs;
    this.#windows = new Map(windows.map(({ start, summary }) => [start, summary]));
    this.#version = { id: 0, model, version, firstSeen: windows[0]!.start, lastSeen: windows.at(-1)!.start + windowMs };
    this.#series = { id: 0, versionId: 0, stage, field, slice: '', kind };
  }

  async models(): Promise<string[]> {
    return [this.#version.model];
  }

  async versions(): Promise<VersionInfo[]> {
    return [this.#version];
  }

  async series(): Promise<SeriesInfo[]> {
    return [this.#series];
  }

  async spans(_seriesIds: readonly number[], from: number, to: number): Promise<Map<number, Summary>> {
    const span = this.#span(from, (to - from) / this.#windowMs);
    return span === null ? new Map() : new Map([[0, span]]);
  }

  /** As many rows as there are values of the one series, and no errors: a baseline knows of none. */
  async traffic(_versionIds: readonly number[], from: number, to: number): Promise<Traffic> {
    const windows = [...this.#windows].filter(([start]) => start >= from && start < to);
    return { rows: windows.reduce((rows, [, { kinds }]) => rows + kinds.total, 0), errors: 0, windows: windows.length };
  }

  async baseline(): Promise<Baseline> {
    return this.#baseline;
  }

  /** The last windows, as many as the largest power of two below `count`, were merged at this tick or an earlier one; so were the others. */
  #span(from: number, count: number): Summary | null {
    if (count <= 1) return this.#windows.get(from) ?? null;
    const key = `${from} ${count}`;
    const known = this.#spans.get(key);
    if (known !== undefined) return known;
    const last = 2 ** (Math.ceil(Math.log2(count)) - 1);
    const before = this.#span(from, count - last);
    const after = this.#span(from + (count - last) * this.#windowMs, last);
    let merged = before ?? after;
    if (before !== null && after !== null) {
      merged = before.clone();
      merged.merge(after);
    }
    this.#spans.set(key, merged);
    if (this.#spans.size > MOST_SPANS) this.#spans.delete(this.#spans.keys().next().value!);
    return merged;
  }
}
