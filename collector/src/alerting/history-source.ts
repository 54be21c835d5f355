import type { Summary } from '@tidemark/sketch';
import type { JudgingSource } from '../rules/source.ts';

/** One stored piece of a series: where its window starts (ms), and what is in it. Shared by whoever reads it, so never changed. */
export type SummaryPiece = { readonly start: number; readonly summary: Summary };

/** One stored piece of the traffic of a model version. */
export type TrafficPiece = { readonly start: number; readonly rows: number; readonly errors: number };

/** Tells since when each series has been seen, so that a tick of the past does not see what came later. */
export type DatedSource = {
  /** Start (ms) of the first window of each; a series whose windows are all gone is not in the map. */
  firstWindows(seriesIds: readonly number[]): Promise<Map<number, number>>;
};

/** A source that also shows single windows, for who judges many ticks and reads each window once. */
export type HistorySource = JudgingSource &
  DatedSource & {
    /** From when on (ms) the finest windows are kept; spans that begin earlier are answered by roll-ups, which do not add up piece by piece. */
    finestSince(): number;
    /** The finest pieces of each series in [from, to), in the order in which `spans` merges them. */
    summaryPieces(seriesIds: readonly number[], from: number, to: number): Promise<Map<number, SummaryPiece[]>>;
    /** The finest pieces of the traffic of each version in [from, to). */
    trafficPieces(versionIds: readonly number[], from: number, to: number): Promise<Map<number, TrafficPiece[]>>;
  };
