import type { Summary } from '@tidemark/sketch';
import type { Baseline, BaselineSeries, BaselineWindow } from '../baseline/baseline.ts';
import type { JudgingSource, SeriesInfo, Traffic, VersionInfo } from '../rules/source.ts';
import {
  type DatedSource,
  type HistorySource,
  PIECE_WIDTHS,
  type PieceWidth,
  type SummaryPiece,
  type TrafficPiece,
} from './history-source.ts';
import { ReadAhead } from './read-ahead.ts';
import { SlidingMerge } from './sliding-merge.ts';

/**
 * A stored history for judging many ticks, oldest first: what does not change from tick to tick is asked once, windows are
 * read and decoded once and far ahead. Answers what the source itself answers, to the bit.
 */
export class ReadAheadSource implements JudgingSource, DatedSource {
  readonly #source: HistorySource;
  readonly #summaries: ReadonlyMap<PieceWidth, ReadAhead<SummaryPiece>>;
  readonly #traffic: ReadonlyMap<PieceWidth, ReadAhead<TrafficPiece>>;
  readonly #sliding = new Map<string, SlidingMerge>();
  readonly #answers = new Map<string, Promise<unknown>>();

  /** No tick later than `until` (ms) is judged. */
  constructor(source: HistorySource, until: number) {
    this.#source = source;
    this.#summaries = new Map(
      PIECE_WIDTHS.map((width) => [
        width,
        new ReadAhead((ids, from, to) => source.summaryPieces(ids, from, to, width), until, width),
      ]),
    );
    this.#traffic = new Map(
      PIECE_WIDTHS.map((width) => [
        width,
        new ReadAhead((ids, from, to) => source.trafficPieces(ids, from, to, width), until, width),
      ]),
    );
  }

  models(): Promise<string[]> {
    return this.#once('models', () => this.#source.models());
  }

  versions(model: string): Promise<VersionInfo[]> {
    return this.#once(`versions ${model}`, () => this.#source.versions(model));
  }

  series(versionId: number): Promise<SeriesInfo[]> {
    return this.#once(`series ${versionId}`, () => this.#source.series(versionId));
  }

  firstWindows(seriesIds: readonly number[]): Promise<Map<number, number>> {
    return this.#once(`first ${seriesIds}`, () => this.#source.firstWindows(seriesIds));
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
    const width = this.#source.pieceWidth(from, to);
    if (width === null) return this.#source.spans(seriesIds, from, to);
    const merged = new Map<number, Summary>();
    for (const [id, pieces] of await this.#summaries.get(width)!.get(seriesIds, from, to)) {
      const summary = this.#slidingOf(id, to - from).merge(pieces, to);
      if (summary !== null) merged.set(id, summary);
    }
    return merged;
  }

  async traffic(versionId: number | readonly number[], from: number, to: number): Promise<Traffic> {
    const width = this.#source.pieceWidth(from, to);
    if (width === null) return this.#source.traffic(versionId, from, to);
    const ids = typeof versionId === 'number' ? [versionId] : versionId;
    const starts = new Set<number>();
    let rows = 0;
    let errors = 0;
    for (const pieces of (await this.#traffic.get(width)!.get(ids, from, to)).values()) {
      for (const piece of pieces) {
        rows += piece.rows;
        errors += piece.errors;
        starts.add(piece.start);
      }
    }
    return { rows, errors, windows: starts.size };
  }

  #slidingOf(id: number, lengthMs: number): SlidingMerge {
    const key = `${id} ${lengthMs}`;
    const known = this.#sliding.get(key) ?? new SlidingMerge(lengthMs, true);
    this.#sliding.set(key, known);
    return known;
  }

  #once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const asked = ask();
    this.#answers.set(key, asked);
    return asked;
  }
}
