import { LEVELS } from './levels.ts';

/** How TimescaleDB is to keep a table. The names are ours, so they may stand in SQL as they are. */
export type HypertableLayout = {
  readonly table: string;
  /** The column of its time. */
  readonly time: string;
  /** Days in a chunk: a chunk is compressed and dropped as a whole. */
  readonly chunkDays: number;
  /** Rows that lie together in the columnstore: what is asked for by key. Written as TimescaleDB writes it. */
  readonly segmentBy: string;
  readonly orderBy: string;
  /** Days after its end at which a chunk is compressed: late rows have come by then, so few meet a compressed chunk. */
  readonly compressAfterDays: number;
};

/** Days of a chunk by the width of its windows: a segment of a series needs some hundred rows to compress well. */
const DAYS: ReadonlyMap<number, Pick<HypertableLayout, 'chunkDays' | 'compressAfterDays'>> = new Map([
  [60_000, { chunkDays: 1, compressAfterDays: 2 }],
  [3_600_000, { chunkDays: 30, compressAfterDays: 35 }],
  [86_400_000, { chunkDays: 365, compressAfterDays: 400 }],
]);

/**
 * The tables that become hypertables: those of every level, and events. Outcomes stay plain everywhere: what tells one
 * from another is no time.
 */
export const LAYOUTS: readonly HypertableLayout[] = Object.freeze([
  ...LEVELS.flatMap(({ widthMs, summaries, traffic }) => {
    const days = DAYS.get(widthMs);
    if (days === undefined) throw new Error(`windows of ${widthMs} ms need days of a chunk`);
    const shape = { time: 'window_start', orderBy: 'window_start,part', ...days };
    return [
      { table: summaries, segmentBy: 'series_id', ...shape },
      { table: traffic, segmentBy: 'model_version_id', ...shape },
    ];
  }),
  { table: 'event', time: 'at', chunkDays: 1, segmentBy: 'model_version_id', orderBy: 'at', compressAfterDays: 1 },
]);
