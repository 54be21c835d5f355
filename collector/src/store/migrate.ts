import { readdir, readFile } from 'node:fs/promises';
import { CollectorError } from '../errors.ts';
import type { Database } from './database.ts';
import { splitStatements } from './split-statements.ts';

const DIRECTORY = new URL('./migrations/', import.meta.url);
/** Any number that is ours: the session lock under which two starting programs take turns. */
const LOCK_KEY = 7_411_001;

type Migration = { readonly version: number; readonly name: string; readonly sql: string };

/** What a migration run did. */
export type MigrationReport = { readonly from: number; readonly to: number; readonly applied: readonly string[] };

/**
 * Brings the database to this program's schema, one numbered file after the other, each in its own
 * transaction together with its row in `schema_migration`. Safe when two programs start at once.
 * @throws {CollectorError} `DATABASE_NEWER` if a newer program has been here.
 */
export async function migrate(database: Database): Promise<MigrationReport> {
  const migrations = await readMigrations();
  const newest = migrations.at(-1)?.version ?? 0;
  await prepare(database);
  const applied: string[] = [];
  const from = await versionOf(database);
  if (from > newest) {
    throw new CollectorError(
      'DATABASE_NEWER',
      `the database is at schema ${from}, this program knows ${newest}. Start the newer program, or use another database.`,
    );
  }
  for (const migration of migrations) {
    if (await apply(database, migration)) applied.push(migration.name);
  }
  return { from, to: newest, applied };
}

async function prepare(database: Database): Promise<void> {
  await database.transaction(async (tx) => {
    // `create table if not exists` alone can fail when two sessions run it at the same moment.
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
    await tx.query(
      'create table if not exists schema_migration (version int primary key, applied_at timestamptz not null default now())',
    );
  });
}

async function versionOf(database: Database): Promise<number> {
  const rows = await database.query<{ version: number | null }>('select max(version) as version from schema_migration');
  return rows[0]?.version ?? 0;
}

async function apply(database: Database, { version, sql }: Migration): Promise<boolean> {
  return database.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
    const done = await tx.query('select 1 from schema_migration where version = $1', [version]);
    if (done.length > 0) return false;
    for (const statement of splitStatements(sql)) await tx.query(statement);
    await tx.query('insert into schema_migration (version) values ($1)', [version]);
    return true;
  });
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(DIRECTORY)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => ({
      version: Number.parseInt(name, 10),
      name,
      sql: await readFile(new URL(name, DIRECTORY), 'utf8'),
    })),
  );
}
