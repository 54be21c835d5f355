import type { Summary } from '@tidemark/sketch';
import type { HistorySource, PieceWidth, SummaryPiece, TrafficPiece } from '../alerting/history-source.ts';
import { SlidingMerge } from '../alerting/sliding-merge.ts';
import type { Baseline, BaselineSeries, BaselineWindow } from '../baseline/baseline.ts';
import type { SeriesInfo, Traffic, VersionInfo } from '../rules/source.ts';
import { findBaseline, loadBaseline, loadBaselineWindows } from './baselines.ts';
import type { Queryable } from './database.ts';
import { LEVELS, type Widest } from './levels.ts';
import { listModels, listVersions } from './models.ts';
import { firstWindows, listSeries } from './series.ts';
import { selectPieces, toSummary } from './summaries.ts';
import { selectTrafficPieces, totalTraffic } from './traffic.ts';

/** Baselines kept unpacked; a baseline never changes, so its id is all there is to ask for. */
const MAX_BASELINES = 32;

/** Rows of summaries in memory at a time, about, at some kilobytes each: a day of minutes of 14 series. */
const MAX_ROWS = 20_000;
const HOUR_MS = 3_600_000;
/** Spans up to this long are merged of hours; beyond, days save more than half of the work. */
const LONGEST_OF_HOURS_MS = 48 * HOUR_MS;
const FINEST_MS = LEVELS[0]?.widthMs ?? 60_000;

/** Shows one project in the store to judging. */
export class StoreJudgingSource implements HistorySource {
  readonly #db: Queryable;
  readonly #projectId: number;
  readonly #finestSince: () => number;
  readonly #baselines = new Map<number, Baseline>();

  /** `finestSince` tells from when on (ms) the finest windows are kept; before that there are roll-ups alone. */
  constructor(db: Queryable, projectId: number, finestSince: () => number = () => -Infinity) {
    this.#db = db;
    this.#projectId = projectId;
    this.#finestSince = finestSince;
  }

  models(): Promise<string[]> {
    return listModels(this.#db, this.#projectId);
  }

  async versions(model: string): Promise<VersionInfo[]> {
    const rows = await listVersions(this.#db, this.#projectId, model);
    return rows.flatMap(({ id, version, first_window: firstSeen, last_window: lastSeen }) =>
      firstSeen === null || lastSeen === null ? [] : [{ id, model, version, firstSeen, lastSeen }],
    );
  }

  async series(versionId: number): Promise<SeriesInfo[]> {
    const rows = await listSeries(this.#db, versionId);
    return rows.map(({ model_version_id, ...series }) => ({ ...series, versionId: model_version_id }));
  }

  async spans(seriesIds: readonly number[], from: number, to: number): Promise<Map<number, Summary>> {
    const merged = new Map<number, Summary>();
    const atOnce = Math.max(1, Math.floor((MAX_ROWS * FINEST_MS) / Math.max(FINEST_MS, to - from)));
    for (let i = 0; i < seriesIds.length; i += atOnce) {
      const widest = this.#widestFor(from, to);
      const rows = await selectPieces(this.#db, seriesIds.slice(i, i + atOnce), from, to, { widest });
      for (const [id, ofSeries] of Map.groupBy(rows, (row) => row.series_id)) {
        const pieces = ofSeries.map((row) => ({ start: row.window_start, summary: toSummary(row) }));
        const summary = new SlidingMerge(to - from, false).merge(pieces, to);
        if (summary !== null) merged.set(id, summary);
      }
    }
    return merged;
  }

  pieceWidth(from: number, to: number): PieceWidth | null {
    const widest = this.#widestFor(from, to);
    return widest === 86_400_000 ? null : widest;
  }

  firstWindows(seriesIds: readonly number[]): Promise<Map<number, number>> {
    return firstWindows(this.#db, seriesIds);
  }

  async summaryPieces(
    seriesIds: readonly number[],
    from: number,
    to: number,
    widest: PieceWidth,
  ): Promise<Map<number, SummaryPiece[]>> {
    const rows = await selectPieces(this.#db, seriesIds, from, to, { widest });
    return piecesById(rows.map((row) => [row.series_id, { start: row.window_start, summary: toSummary(row) }]));
  }

  async trafficPieces(
    versionIds: readonly number[],
    from: number,
    to: number,
    widest: PieceWidth,
  ): Promise<Map<number, TrafficPiece[]>> {
    const rows = await selectTrafficPieces(this.#db, versionIds, from, to, widest);
    return piecesById(rows.map(({ id, ...piece }) => [id, piece]));
  }

  traffic(versionId: number | readonly number[], from: number, to: number): Promise<Traffic> {
    const ids = typeof versionId === 'number' ? [versionId] : versionId;
    return totalTraffic(this.#db, ids, from, to, this.#widestFor(from, to));
  }

  /**
   * The finest windows where they are still kept: merged in another order, digests differ a little from time to time. Else
   * hours where the span is of whole hours and not long, since it then consists of the same pieces wherever it begins.
   */
  #widestFor(from: number, to: number): Widest {
    if (from >= this.#finestSince()) return 60_000;
    const isOfHours = from % HOUR_MS === 0 && to % HOUR_MS === 0 && to - from <= LONGEST_OF_HOURS_MS;
    return isOfHours ? HOUR_MS : 86_400_000;
  }

  baselineWindows(
    baselineId: number,
    { stage, field }: Pick<BaselineSeries, 'stage' | 'field'>,
    spanMs: number,
  ): Promise<BaselineWindow[]> {
    return loadBaselineWindows(this.#db, baselineId, stage, field, spanMs);
  }

  async baseline(model: string, version: string, name: string): Promise<Baseline | null> {
    const row = await findBaseline(this.#db, this.#projectId, model, version, name);
    if (row === null) return null;
    const known = this.#baselines.get(row.id);
    if (known !== undefined) return known;
    const baseline = await loadBaseline(this.#db, row);
    for (const oldest of this.#baselines.keys()) {
      if (this.#baselines.size < MAX_BASELINES) break;
      this.#baselines.delete(oldest);
    }
    this.#baselines.set(row.id, baseline);
    return baseline;
  }
}

function piecesById<T>(pieces: readonly (readonly [number, T])[]): Map<number, T[]> {
  const byId = new Map<number, T[]>();
  for (const [id, piece] of pieces) {
    const known = byId.get(id);
    if (known === undefined) byId.set(id, [piece]);
    else known.push(piece);
  }
  return byId;
}
