import type { StoreName } from '../ingest/stores.ts';
import type { Spread } from '../spread.ts';

/** How fast one store's windows are judged. */
export type StoreJudged = {
  readonly store: StoreName;
  /** Findings of a tick: series by scores. */
  readonly findings: number;
  /** One tick from reading its windows to the commit of its scores, ms. */
  readonly tickMs: Spread;
  /** The same without storing anything, ms. */
  readonly evaluateMs: Spread;
  /** Replay of the history, ms; how many ticks and findings it has. */
  readonly replayMs: Spread;
  readonly replayedTicks: number;
  readonly replayedFindings: number;
  /** Changes in the history of the compared days, and how many of them replay gives otherwise. */
  readonly liveEvents: number;
  readonly differentEvents: number;
};

/** Everything the bench found; stores that are not there are missing, and `missing` says why. */
export type Measured = { readonly stores: readonly StoreJudged[]; readonly missing: readonly string[] };
