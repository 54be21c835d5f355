import type { SeriesKind, Summary } from '@tidemark/sketch';
import type { Baseline, BaselineSeries, BaselineWindow } from '../baseline/baseline.ts';

/** One version of one model. `firstSeen` is where its first window starts, `lastSeen` where its last one ends, in event time. */
export type VersionInfo = {
  readonly id: number;
  readonly model: string;
  readonly version: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
};

/** One series; `slice` is empty for the whole traffic. */
export type SeriesInfo = {
  readonly id: number;
  readonly versionId: number;
  readonly stage: string;
  readonly field: string;
  readonly slice: string;
  readonly kind: SeriesKind;
};

/** Rows served in a span, how many of them ended in an error, and on how many windows agents reported, also on empty ones. */
export type Traffic = { readonly rows: number; readonly errors: number; readonly windows: number };

/** All that judging needs to see of the store. Spans are half-open, [from, to), on whole windows. */
export interface JudgingSource {
  models(): Promise<string[]>;
  versions(model: string): Promise<VersionInfo[]>;
  series(versionId: number): Promise<SeriesInfo[]>;
  /** Each series merged over the windows of the span; a series without a window there is not in the map. */
  spans(seriesIds: readonly number[], from: number, to: number): Promise<Map<number, Summary>>;
  traffic(versionId: number | readonly number[], from: number, to: number): Promise<Traffic>;
  /** The baseline of that version, else that of the newest version of the model that has one of that name, else null. */
  baseline(model: string, version: string, name: string): Promise<Baseline | null>;
  /**
   * The windows of that span (ms) that a series of the baseline was merged from, oldest first; none where it has none of that span.
   * A source that keeps no such windows has no such method.
   */
  baselineWindows?(
    baselineId: number,
    series: Pick<BaselineSeries, 'stage' | 'field'>,
    spanMs: number,
  ): Promise<readonly BaselineWindow[]>;
}
