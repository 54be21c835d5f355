import { BASELINE_SIZE_RULE, type SeriesKind, type Summary } from '@tidemark/sketch';
import { type Baseline, type BaselineSeries, seriesKey } from '../../baseline/baseline.ts';
import { makeBins } from '../../drift/bins.ts';
import { parseDuration } from '../../duration.ts';
import type { SeriesInfo, Traffic, VersionInfo } from '../../rules/source.ts';
import type { TickSource } from '../tick-view.ts';
import { kindOf, summaryOf } from './generated-values.ts';
import type { BaselineText, GivenText } from './schema-of-rule-tests.ts';

/** Every test begins here, on a Monday at midnight. */
export const START = Date.UTC(2001, 0, 1);

/** Rows of a window, and those of them that failed. */
type Rows = { readonly rows: number; readonly errors: number };

/** Windows by where they start. */
type GivenSeries = SeriesInfo & { readonly windows: ReadonlyMap<number, Summary> };
type GivenVersion = VersionInfo & { readonly traffic: ReadonlyMap<number, Rows> };

/** The windows and baselines that a test gives, as judging sees a store. A window counts where it lies in the span. */
export class GivenSource implements TickSource {
  readonly #widthMs: number;
  readonly #series: GivenSeries[] = [];
  readonly #versions: GivenVersion[] = [];
  readonly #baselines: Baseline[];

  /** `given` and `baselines` are checked. */
  constructor(widthMs: number, given: readonly GivenText[], baselines: readonly BaselineText[]) {
    this.#widthMs = widthMs;
    const byVersion = Map.groupBy(given, ({ model, version = '1' }) => JSON.stringify([model, version]));
    for (const [key, ofVersion] of byVersion) this.#addVersion(JSON.parse(key) as [string, string], ofVersion);
    this.#baselines = baselinesOf(baselines);
  }

  async models(): Promise<string[]> {
    return [...new Set(this.#versions.map(({ model }) => model))];
  }

  async versions(model: string): Promise<VersionInfo[]> {
    return this.#versions.filter((one) => one.model === model);
  }

  async series(versionId: number): Promise<SeriesInfo[]> {
    return this.#series.filter((one) => one.versionId === versionId);
  }

  async firstWindows(seriesIds: readonly number[]): Promise<Map<number, number>> {
    return new Map(seriesIds.map((id) => [id, [...this.#series[id]!.windows.keys()][0]!]));
  }

  async spans(seriesIds: readonly number[], from: number, to: number): Promise<Map<number, Summary>> {
    const merged = new Map<number, Summary>();
    for (const id of seriesIds) {
      for (const summary of this.#inside(this.#series[id]!.windows, from, to)) {
        const known = merged.get(id);
        if (known === undefined) merged.set(id, summary.clone());
        else known.merge(summary);
      }
    }
    return merged;
  }

  async traffic(versionId: number | readonly number[], from: number, to: number): Promise<Traffic> {
    const ids = typeof versionId === 'number' ? [versionId] : versionId;
    const inside = this.#versions
      .filter(({ id }) => ids.includes(id))
      .flatMap((version) => this.#inside(version.traffic, from, to));
    return {
      rows: inside.reduce((sum, { rows }) => sum + rows, 0),
      errors: inside.reduce((sum, { errors }) => sum + errors, 0),
      windows: inside.length,
    };
  }

  async baseline(model: string, version: string, name: string): Promise<Baseline | null> {
    const named = this.#baselines.filter((one) => one.model === model && one.name === name);
    return named.find((one) => one.version === version) ?? named.at(-1) ?? null;
  }

  /** What stands for the windows that lie in the span. */
  #inside<T>(windows: ReadonlyMap<number, T>, from: number, to: number): T[] {
    const found: T[] = [];
    const first = START + Math.ceil((from - START) / this.#widthMs) * this.#widthMs;
    for (let start = first; start + this.#widthMs <= to; start += this.#widthMs) {
      const window = windows.get(start);
      if (window !== undefined) found.push(window);
    }
    return found;
  }

  #addVersion([model, version]: readonly [string, string], given: readonly GivenText[]): void {
    const versionId = this.#versions.length;
    const traffic = new Map<number, Rows>();
    const idle = new Set<number>();
    for (const { stage = 'feature', field, runs } of given) {
      const kind = kindOfRuns(runs) ?? 'number';
      const windows = windowsOf(kind, runs, this.#widthMs);
      // A row is a call, so of all fields the one with the most values knows how many there were.
      // So with those that failed: whichever field tells of the most.
      for (const [start, { summary, errors }] of windows) {
        const known = traffic.get(start) ?? { rows: 0, errors: 0 };
        const rows = Math.max(known.rows, summary.kinds.total);
        traffic.set(start, { rows, errors: Math.max(known.errors, errors) });
      }
      for (const start of idleStarts(runs, this.#widthMs)) idle.add(start);
      if (windows.size === 0) continue;
      this.#series.push({
        id: this.#series.length,
        versionId,
        stage,
        field,
        slice: '',
        kind,
        windows: summariesOf(windows),
      });
    }
    if (traffic.size === 0) return;
    const firstSeen = Math.min(...traffic.keys());
    const lastSeen = Math.max(...traffic.keys()) + this.#widthMs;
    for (const start of idle) if (!traffic.has(start)) traffic.set(start, { rows: 0, errors: 0 });
    this.#versions.push({ id: versionId, model, version, firstSeen, lastSeen, traffic });
  }
}

/** The kind of series that runs make; null where they hold no values. */
export function kindOfRuns(runs: GivenText['runs']): SeriesKind | null {
  for (const run of runs) {
    const kind = isEmpty(run) ? null : kindOf(run);
    if (kind !== null) return kind;
  }
  return null;
}

type GivenWindow = { readonly summary: Summary; readonly errors: number };

function summariesOf(windows: ReadonlyMap<number, GivenWindow>): Map<number, Summary> {
  return new Map([...windows].map(([start, { summary }]) => [start, summary]));
}

function windowsOf(kind: SeriesKind, runs: GivenText['runs'], widthMs: number): Map<number, GivenWindow> {
  const windows = new Map<number, GivenWindow>();
  let start = START;
  for (const run of runs) {
    const end = start + parseDuration(run.for);
    for (; start < end; start += widthMs) {
      if (isEmpty(run)) continue;
      const summary = summaryOf(kind, run, (start - START) / widthMs);
      windows.set(start, { summary, errors: Math.min(run.errors ?? 0, summary.kinds.total) });
    }
  }
  return windows;
}

function isEmpty({ none, idle }: GivenText['runs'][number]): boolean {
  return none === true || idle === true;
}

/** Where the windows start on which an agent reports that nothing is served. */
function idleStarts(runs: GivenText['runs'], widthMs: number): number[] {
  const starts: number[] = [];
  let start = START;
  for (const run of runs) {
    const end = start + parseDuration(run.for);
    for (; start < end; start += widthMs) if (run.idle === true) starts.push(start);
  }
  return starts;
}

function baselinesOf(columns: readonly BaselineText[]): Baseline[] {
  const groups = Map.groupBy(columns, ({ name, model, version = '1' }) => JSON.stringify([name, model, version]));
  return [...groups].map(([key, ofBaseline], id) => {
    const [name, model, version] = JSON.parse(key) as [string, string, string];
    const series = ofBaseline.map(({ stage = 'feature', field, ...generator }): [string, BaselineSeries] => {
      const kind = kindOf(generator) ?? 'number';
      const summary = summaryOf(kind, generator, 0, { sizeRule: BASELINE_SIZE_RULE });
      return [seriesKey(stage, field), { stage, field, kind, summary, bins: makeBins(summary) }];
    });
    return { id, name, model, version, series: new Map(series) };
  });
}
