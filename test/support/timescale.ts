import type { TestContext } from 'node:test';
import type { Database } from '../../collector/src/store/database.ts';

/** What the database offers: `none`, `hypertables` (Apache licence) or `columnstore`. Asked of the server, not of our code. */
export async function timescaleOf(database: Database): Promise<'none' | 'hypertables' | 'columnstore'> {
  const rows = await database.query<{ license: string }>(
    `select current_setting('timescaledb.license', true) as license from pg_extension where extname = 'timescaledb'`,
  );
  if (rows[0] === undefined) return 'none';
  return rows[0].license === 'timescale' ? 'columnstore' : 'hypertables';
}

/** Skips the test, saying so, unless the database has chunks, or the columnstore too. */
export async function lacks(
  t: TestContext,
  database: Database,
  wanted: 'hypertables' | 'columnstore',
): Promise<boolean> {
  const found = await timescaleOf(database);
  if (found === 'columnstore' || found === wanted) return false;
  const what = wanted === 'columnstore' ? 'TimescaleDB under the Timescale licence' : 'TimescaleDB';
  t.skip(`needs DATABASE_URL of a server with ${what} in template1`);
  return true;
}

/** Compresses every chunk of the table, as its policy does when its time has come. */
export async function compressAll(database: Database, table: string): Promise<void> {
  await database.query(
    `select compress_chunk(c, if_not_compressed => true) from show_chunks($1::text::regclass) as c`,
    [table],
  );
}

/** Chunks of a table, and how many of them are compressed. */
export async function chunksOf(database: Database, table: string): Promise<{ all: number; compressed: number }> {
  const rows = await database.query<{ all: number; compressed: number }>(
    `select count(*) as "all", count(*) filter (where is_compressed) as compressed
     from timescaledb_information.chunks where hypertable_name = $1`,
    [table],
  );
  return rows[0] ?? { all: 0, compressed: 0 };
}
