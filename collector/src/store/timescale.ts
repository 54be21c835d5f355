import type { Database } from './database.ts';
import { LEVELS } from './levels.ts';

/** A table by the column of its time and the days in a chunk: a day of minutes, a month of hours, a week of events. */
const HYPERTABLES: readonly { readonly table: string; readonly time: string; readonly days: number }[] = [
  ...LEVELS.flatMap(({ widthMs, summaries, traffic }) =>
    [summaries, traffic].map((table) => ({ table, time: 'window_start', days: widthMs === 60_000 ? 1 : 30 })),
  ),
  { table: 'event', time: 'at', days: 7 },
];

/**
 * Makes the tables that grow with time hypertables where TimescaleDB is installed in this database; elsewhere they
 * stay plain tables. Outcomes stay plain everywhere: what tells one from another is no time. Safe to run at every start.
 * @returns whether TimescaleDB is in use.
 */
export async function useTimescale(database: Database): Promise<boolean> {
  if (database.kind === 'embedded') return false;
  const found = await database.query(`select 1 from pg_extension where extname = 'timescaledb'`);
  if (found.length === 0) return false;
  for (const { table, time, days } of HYPERTABLES) {
    await database.query(
      `select create_hypertable($1::text::regclass, $3::text::name, chunk_time_interval => make_interval(days => $2),
         create_default_indexes => false, if_not_exists => true, migrate_data => true)`,
      [table, days, time],
    );
  }
  return true;
}
