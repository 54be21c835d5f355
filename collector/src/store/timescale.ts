import type { Logger } from '../log.ts';
import type { Database, Queryable } from './database.ts';
import { inTransaction } from './in-transaction.ts';
import { type HypertableLayout, LAYOUTS } from './timescale-layout.ts';

/** What TimescaleDB does for this database: nothing, chunks (Apache licence), or chunks and the columnstore. */
export type TimescaleUse = 'none' | 'hypertables' | 'columnstore';

/** Any number that is ours: the transaction lock under which two starting programs take turns. */
const LOCK_KEY = 7_411_009;
/** Plain rows are moved into chunks under a lock that stops every writer, at about 40 MB/s; more than this has to be asked for. */
const MAX_MOVED_BYTES = 512 * 1024 * 1024;

/**
 * Gives the tables that grow with time their chunks, columnstore settings and columnstore policies where TimescaleDB is
 * installed in this database; elsewhere they stay plain tables. Only what differs from `LAYOUTS` is changed, so a start
 * that finds everything in place takes no lock on a table, and a later program's other layout is applied to what comes.
 * A plain table that holds more than 512 MB stays plain: the log says how to turn it into a hypertable.
 */
export async function useTimescale(
  database: Database,
  log?: Pick<Logger, 'warn'>,
  maxMovedBytes = MAX_MOVED_BYTES,
): Promise<TimescaleUse> {
  if (database.kind === 'embedded') return 'none';
  const columnstore = await hasColumnstore(database);
  if (columnstore === null) return 'none';
  // Moving rows takes longer than statements may on connections of the pool.
  await database.session((session) =>
    inTransaction(session, async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
      for (const layout of LAYOUTS) {
        if (!(await chunk(tx, layout, maxMovedBytes))) log?.warn(tooLarge(layout));
        else if (columnstore) await compress(tx, layout);
      }
    }),
  );
  return columnstore ? 'columnstore' : 'hypertables';
}

/** Tables of ours that have chunks. */
export async function listHypertables(db: Queryable): Promise<ReadonlySet<string>> {
  const installed = await db.query(`select 1 from pg_extension where extname = 'timescaledb'`);
  if (installed.length === 0) return new Set();
  const rows = await db.query<{ name: string }>(
    `select hypertable_name::text as name from timescaledb_information.hypertables where hypertable_schema = current_schema()`,
  );
  return new Set(rows.map(({ name }) => name));
}

/** null = not installed. The columnstore needs the Timescale licence, and TimescaleDB 2.18 for the names used here. */
async function hasColumnstore(db: Queryable): Promise<boolean | null> {
  const rows = await db.query<{ columnstore: boolean }>(
    `select coalesce(current_setting('timescaledb.license', true) = 'timescale', false)
       and exists (select 1 from pg_proc where proname = 'add_columnstore_policy') as columnstore
     from pg_extension where extname = 'timescaledb'`,
  );
  return rows[0]?.columnstore ?? null;
}

/** Makes the table a hypertable, or sets the width of its next chunks. @returns false if it is too large for that. */
async function chunk(
  tx: Queryable,
  { table, time, chunkDays }: HypertableLayout,
  maxMovedBytes: number,
): Promise<boolean> {
  const rows = await tx.query<{ same: boolean }>(
    `select time_interval = make_interval(days => $2) as same from timescaledb_information.dimensions
     where hypertable_schema = current_schema() and hypertable_name = $1 and dimension_number = 1`,
    [table, chunkDays],
  );
  const [found] = rows;
  if (found !== undefined) {
    if (!found.same) {
      await tx.query('select set_chunk_time_interval($1::text::regclass, make_interval(days => $2))', [
        table,
        chunkDays,
      ]);
    }
    return true;
  }
  const sizes = await tx.query<{ bytes: number }>('select pg_table_size($1::text::regclass) as bytes', [table]);
  if ((sizes[0]?.bytes ?? 0) > maxMovedBytes) return false;
  await tx.query(
    `select create_hypertable($1::text::regclass, $2::text::name, chunk_time_interval => make_interval(days => $3),
       create_default_indexes => false, if_not_exists => true, migrate_data => true)`,
    [table, time, chunkDays],
  );
  return true;
}

/** Sets how chunks are compressed, and after how many days TimescaleDB's own job does it. */
async function compress(tx: Queryable, layout: HypertableLayout): Promise<void> {
  const { table, segmentBy, orderBy, compressAfterDays } = layout;
  const settings = await tx.query<{ same: boolean }>(
    `select coalesce(segmentby = $2 and orderby = $3, false) as same
     from timescaledb_information.hypertable_columnstore_settings where hypertable = $1::text::regclass`,
    [table, segmentBy, orderBy],
  );
  if (settings[0]?.same !== true) {
    // A utility statement takes no parameters; these words are ours.
    await tx.query(
      `alter table ${table} set (timescaledb.enable_columnstore, timescaledb.segmentby = '${segmentBy}', timescaledb.orderby = '${orderBy}')`,
    );
  }
  const policies = await tx.query<{ same: boolean }>(
    `select (config->>'compress_after')::interval = make_interval(days => $2) as same from timescaledb_information.jobs
     where proc_name = 'policy_compression' and hypertable_schema = current_schema() and hypertable_name = $1`,
    [table, compressAfterDays],
  );
  if (policies[0]?.same === true) return;
  await tx.query('call remove_columnstore_policy($1::text::regclass, if_exists => true)', [table]);
  await tx.query('call add_columnstore_policy($1::text::regclass, after => make_interval(days => $2))', [
    table,
    compressAfterDays,
  ]);
}

function tooLarge({ table, time, chunkDays }: HypertableLayout): string {
  return (
    `${table} is a large plain table and stays one. To give it chunks, stop the collectors and run: ` +
    `select create_hypertable('${table}', '${time}', chunk_time_interval => interval '${chunkDays} days', create_default_indexes => false, migrate_data => true);`
  );
}
