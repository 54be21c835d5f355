import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { type Expected, seriesName, versionName } from './ledger.ts';
import type { SeriesCount } from './prepared-windows.ts';

/** Asks a store; integers of any width come back as what `Number` understands. */
export type Sql = <Row extends object>(statement: string) => Promise<Row[]>;

/** Runs `work` with a connection to PostgreSQL. */
export async function withPostgres<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(async <Row extends object>(statement: string) => (await client.query(statement)).rows as Row[]);
  } finally {
    await client.end();
  }
}

/** Runs `work` with the embedded database of a collector that is not running. */
export async function withEmbedded<T>(dataDir: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const engine = await PGlite.create({ dataDir: `${dataDir}/pg` });
  try {
    return await work(async <Row extends object>(statement: string) => (await engine.query<Row>(statement)).rows);
  } finally {
    await engine.close();
  }
}

type SeriesRow = { model: string; version: string; stage: string; field: string } & Record<keyof SeriesCount, unknown>;

/** What a store holds in windows of one width (ms), all parts together; coarser windows are made of the same rows. */
export async function readStored(sql: Sql, windowMs: number): Promise<Expected> {
  const level = windowMs === 60_000 ? '1m' : '1h';
  const versions = await sql<{ model: string; version: string; n: unknown }>(
    `select model, version, sum(n_rows) as n from traffic_${level}
     join model_version on model_version.id = model_version_id group by model, version`,
  );
  const series = await sql<SeriesRow>(
    `select model, version, stage, field, sum(n_valid) as valid, sum(n_missing) as missing,
       coalesce(sum(round((vmean * n_valid)::numeric, 3)), 0) as sum
     from summary_${level} s join series on series.id = series_id
     join model_version on model_version.id = s.model_version_id group by model, version, stage, field`,
  );
  return {
    rows: new Map(versions.map(({ model, version, n }) => [versionName(model, version), Number(n)])),
    series: new Map(
      series.map(({ model, version, stage, field, valid, missing, sum }) => [
        seriesName(versionName(model, version), stage, field),
        { valid: Number(valid), missing: Number(missing), sum: Number(sum) },
      ]),
    ),
  };
}
