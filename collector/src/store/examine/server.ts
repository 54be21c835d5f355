import type { Queryable } from '../database.ts';

/** What a server says of itself. */
export type ServerFacts = {
  /** Such as 15, and as the server writes it. */
  readonly major: number;
  readonly version: string;
  readonly encoding: string;
  /** Whether it follows another one, and whether it refuses writing for any reason. */
  readonly isReplica: boolean;
  readonly isReadOnly: boolean;
  /** `on` where a commit that was answered survives a power cut. */
  readonly fsync: string;
  readonly fullPageWrites: string;
  readonly synchronousCommit: string;
  readonly bytes: number;
  readonly connections: number;
  readonly maxConnections: number;
};

/** Reads what the server of a database is and how it is set. */
export async function readServer(db: Queryable): Promise<ServerFacts> {
  const [facts] = await db.query<ServerFacts>(
    `select current_setting('server_version_num')::int / 10000 as major, current_setting('server_version') as version,
       current_setting('server_encoding') as encoding, pg_is_in_recovery() as "isReplica",
       current_setting('transaction_read_only') = 'on' as "isReadOnly", current_setting('fsync') as fsync,
       current_setting('full_page_writes') as "fullPageWrites", current_setting('synchronous_commit') as "synchronousCommit",
       pg_database_size(current_database()) as bytes, (select count(*) from pg_stat_activity)::int as connections,
       current_setting('max_connections')::int as "maxConnections"`,
  );
  if (facts === undefined) throw new Error('the server said nothing of itself');
  return facts;
}

/** The clock of the server, in ms since the epoch, with fractions. */
export async function readServerClock(db: Queryable): Promise<number> {
  const [row] = await db.query<{ now: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now');
  return row?.now ?? Number.NaN;
}

/** TimescaleDB in this database: its licence and hypertables, or whether it could be installed. */
export type TimescaleFacts =
  | { readonly kind: 'installed'; readonly version: string; readonly licence: string; readonly hypertables: string[] }
  | { readonly kind: 'available'; readonly version: string }
  | { readonly kind: 'absent' };

/** Reads whether TimescaleDB is there and what it is used for. */
export async function readTimescale(db: Queryable): Promise<TimescaleFacts> {
  const [found] = await db.query<{ installed: string | null; available: string | null; licence: string | null }>(
    `select installed_version as installed, default_version as available,
       current_setting('timescaledb.license', true) as licence
     from pg_available_extensions where name = 'timescaledb'`,
  );
  if (found === undefined) return { kind: 'absent' };
  if (found.installed === null) return { kind: 'available', version: found.available ?? '' };
  const rows = await db.query<{ name: string }>(
    'select hypertable_name as name from timescaledb_information.hypertables order by 1',
  );
  const hypertables = rows.map(({ name }) => name);
  return { kind: 'installed', version: found.installed, licence: found.licence ?? 'unknown', hypertables };
}

/** Sessions that have been in one transaction for longer than `minutes`, the oldest first; `since` in ms. */
export function listOldTransactions(
  db: Queryable,
  minutes: number,
): Promise<{ pid: number; program: string; since: number }[]> {
  return db.query(
    `select pid, application_name as program, xact_start as since from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and xact_start < now() - make_interval(mins => $1)
     order by xact_start limit 10`,
    [minutes],
  );
}
