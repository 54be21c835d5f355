import type { Spread } from '../spread.ts';
import type { RawWay } from './raw-upsert.ts';
import type { StoreName } from './stores.ts';

/** Receipt latencies in ms over all batches of a load. */
export type Latency = { readonly p50Ms: number; readonly p99Ms: number };

/** How fast one store takes what agents send. */
export type StoreSpeed = {
  readonly store: StoreName;
  readonly server: string;
  /** Every summary a row of its own: summaries accepted, and so rows written, a second. */
  readonly ownRows: Spread;
  /** The same rows upserted a second by each plain way, and how many to a commit. */
  readonly raw: readonly { readonly way: RawWay; readonly perCommit: number; readonly rowsPerSecond: Spread }[];
  /** `ownRows` by the fastest of `raw`, within each round. */
  readonly ofRaw: Spread;
  /** All agents serve the same models: summaries accepted a second. */
  readonly sharedRows: Spread;
  readonly full: Latency;
  readonly steady: Latency & { readonly summariesPerSecond: number };
  /** Most memory the collector had resident, in MB; null where the system does not say. */
  readonly peakMb: number | null;
  /** Processor time of a summary: collector and database; null where the system does not say. */
  readonly cpuUsPerSummary: number | null;
  /** The same of a row upserted the fastest raw way, client and database. */
  readonly rawCpuUsPerRow: number | null;
  readonly bytesPerSummary: number;
};

/** What is kept of inferences, and what they would take as JSON. */
export type StoredSize = {
  readonly store: StoreName;
  readonly form: 'plain' | 'columnstore';
  readonly windows: string;
  readonly inferencesPerSecond: number;
  readonly bytesPerWindow: number;
  readonly bytesPerMillion: number;
  readonly jsonBytesPerMillion: number;
  /** JSON by ours. */
  readonly timesSmaller: number;
};

/** How long it takes to be told the quantiles of a series over days of minutes, over HTTP. */
export type ReadSpeed = {
  readonly store: StoreName;
  readonly days: number;
  /** Of a span of whole days, which roll-ups answer. */
  readonly wholeDaysMs: Spread;
  /** Of one that cuts hours in two at both ends. */
  readonly cutMs: Spread;
};

/** Everything the bench found; stores that are not there are missing, and `missing` says why. */
export type Measured = {
  readonly speeds: readonly StoreSpeed[];
  readonly sizes: readonly StoredSize[];
  readonly reads: readonly ReadSpeed[];
  readonly missing: readonly string[];
};

/** Parts that can be measured apart: the speed of a store, the size of what is stored, or reading it. */
export const PARTS = ['pglite', 'postgres', 'timescale', 'size', 'reads'] as const;
export type Part = (typeof PARTS)[number];
