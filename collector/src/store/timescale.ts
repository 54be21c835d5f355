import type { Database } from './database.ts';
import { LEVELS } from './levels.ts';

/** Days in a chunk by width of window: a day of minutes, a month of hours (facts of the store's measurements in ARCHITECTURE.md). */
const CHUNK_DAYS: Readonly<Record<number, number>> = { 60000: 1, 3600000: 30 };

/**
 * Makes the window tables hypertables where TimescaleDB is installed in this database; elsewhere they
 * stay plain tables. Safe to run at every start.
 * @returns whether TimescaleDB is in use.
 */
export async function useTimescale(database: Database): Promise<boolean> {
  if (database.kind === 'embedded') return false;
  const found = await database.query(`select 1 from pg_extension where extname = 'timescaledb'`);
  if (found.length === 0) return false;
  for (const { widthMs, summaries, traffic } of LEVELS) {
    for (const table of [summaries, traffic]) {
      await database.query(
        `select create_hypertable($1::text::regclass, 'window_start', chunk_time_interval => make_interval(days => $2),
           create_default_indexes => false, if_not_exists => true, migrate_data => true)`,
        [table, CHUNK_DAYS[widthMs] ?? 1],
      );
    }
  }
  return true;
}
