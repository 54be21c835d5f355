import { type Queryable, type SqlValue, toArrayLiteral } from './database.ts';
import { inTransaction } from './in-transaction.ts';

/** Rows in one statement, so that a long clean-up never holds a lock for long. */
const SLICE = 10_000;
/**
 * Keys in one statement: windows of this many series in one chunk are about `SLICE` rows, and as many at the most are
 * taken out of the columnstore where a batch of it is not wholly past the bound.
 */
export const KEYS_AT_ONCE = 6;
/** Whoever asks for rows of a table that a dropped chunk refers to waits for as long as the drop does; then it is given up. */
const LOCK_TIMEOUT_MS = 2_000;

/** What one step of a clean-up did, and whether there may be more to do. Rows that go key by key are not counted. */
export type Cleaned = { readonly rows: number; readonly chunks: number; readonly more: boolean };

/** One step of a clean-up, on a session that nobody else uses. */
export type CleanUp = (session: Queryable) => Promise<Cleaned>;

/** A table of rows that belong to a key and a time. The names are ours, so they may stand in SQL as they are. */
export type KeyedTable = {
  readonly table: string;
  readonly key: 'series_id' | 'model_version_id';
  readonly time: string;
  /** A span (ms) in which one key has some 1 500 rows at the most. */
  readonly stepMs: number;
};

/** Deletes a slice of the rows for which `where` holds. Not for hypertables: what is compressed has no ctid. */
export async function deleteSlice(
  db: Queryable,
  table: string,
  where: string,
  values: readonly SqlValue[],
): Promise<Cleaned> {
  const [row] = await db.query<{ n: number }>(
    // The condition stands outside too: in a partitioned table each partition has a row with that ctid.
    `with gone as (delete from ${table} where ${where} and ctid = any(array(select ctid from ${table} where ${where} limit ${SLICE})) returning 1)
     select count(*) as n from gone`,
    values,
  );
  const rows = row?.n ?? 0;
  return { rows, chunks: 0, more: rows === SLICE };
}

/**
 * Deletes the oldest step of the rows of these keys (at most `KEYS_AT_ONCE`) from before `bound` (ms). In the columnstore
 * whole batches go without being unpacked, which TimescaleDB does for a plain `delete` only.
 */
export async function deleteOldestOfKeys(
  db: Queryable,
  { table, key, time, stepMs }: KeyedTable,
  keys: readonly number[],
  bound: number,
): Promise<Cleaned> {
  const some = toArrayLiteral(keys);
  const [row] = await db.query<{ oldest: number | null }>(
    `select min(${time}) as oldest from ${table} where ${key} = any($1::text::int[]) and ${time} < $2`,
    [some, new Date(bound)],
  );
  const oldest = row?.oldest ?? null;
  if (oldest === null) return { rows: 0, chunks: 0, more: false };
  const from = Math.floor(oldest / stepMs) * stepMs;
  const to = Math.min(from + stepMs, bound);
  await db.query(`delete from ${table} where ${key} = any($1::text::int[]) and ${time} >= $2 and ${time} < $3`, [
    some,
    new Date(from),
    new Date(to),
  ]);
  return { rows: 0, chunks: 0, more: to < bound };
}

/**
 * Drops the chunks that end at or before `bound` (ms).
 * @throws after `lockTimeoutMs` (`isLockTimeout`) if others hold what it needs.
 */
export async function dropChunks(
  session: Queryable,
  table: string,
  bound: number,
  lockTimeoutMs = LOCK_TIMEOUT_MS,
): Promise<Cleaned> {
  const dropped = await inTransaction(session, async (tx) => {
    await tx.query(`set local lock_timeout = ${lockTimeoutMs}`);
    return tx.query('select drop_chunks($1::text::regclass, older_than => $2::timestamptz)', [table, new Date(bound)]);
  });
  return { rows: 0, chunks: dropped.length, more: false };
}

/** Whether the store said that others hold a lock that was asked for: SQLSTATE 55P03, or 40P01 in a deadlock. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '55P03' || error.code === '40P01');
}
