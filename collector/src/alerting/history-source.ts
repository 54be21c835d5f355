import type { Summary } from '@tidemark/sketch';
import type { JudgingSource } from '../rules/source.ts';

/** Widths (ms) of windows that can be read one by one: minutes, and hours where minutes are no longer kept. */
export const PIECE_WIDTHS = [60_000, 3_600_000] as const;
export type PieceWidth = (typeof PIECE_WIDTHS)[number];

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
    /**
     * The width (ms) of the widest pieces that `spans` and `traffic` add up over [from, to); null where that depends on
     * where the span begins and ends, so that pieces read for another span would not add up to the same.
     */
    pieceWidth(from: number, to: number): PieceWidth | null;
    /** The pieces of each series in [from, to), no wider than asked, in the order in which `spans` merges them. */
    summaryPieces(
      seriesIds: readonly number[],
      from: number,
      to: number,
      width: PieceWidth,
    ): Promise<Map<number, SummaryPiece[]>>;
    /** The pieces of the traffic of each version in [from, to), no wider than asked. */
    trafficPieces(
      versionIds: readonly number[],
      from: number,
      to: number,
      width: PieceWidth,
    ): Promise<Map<number, TrafficPiece[]>>;
  };
