import { createHash, randomUUID } from 'node:crypto';
import { cpSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Database } from '../../collector/src/store/database.ts';
import { EmbeddedDatabase } from '../../collector/src/store/embedded.ts';
import { migrate } from '../../collector/src/store/migrate.ts';
import { PostgresDatabase } from '../../collector/src/store/postgres.ts';
import { useTimescale } from '../../collector/src/store/timescale.ts';

/** The PostgreSQL server that the suite runs on; without it, the embedded database. */
export const SERVER_URL = process.env.DATABASE_URL;

/** For tests that open the embedded database whatever the suite runs on: once is enough. */
export const EMBEDDED_ONLY = {
  skip: SERVER_URL !== undefined && 'meets the embedded database only, as the suite without DATABASE_URL does',
};

/** A migrated database of a test's own, and what a collector needs to open it. */
export type TestStore = {
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** Opens it in this process. */
  open(): Promise<Database>;
  remove(): Promise<void>;
};

/** Makes a migrated, empty database that nobody else uses; `chunks` false leaves TimescaleDB out, as before a first start. */
export async function createTestStore({ chunks = true } = {}): Promise<TestStore> {
  return SERVER_URL === undefined ? createEmbedded() : createOnServer(SERVER_URL, chunks);
}

let shared: Promise<{ store: TestStore; database: Database }> | undefined;

/** Runs `work` on an empty, migrated database; the tests of a file take turns on one. */
export async function withDatabase(work: (database: Database) => Promise<void>): Promise<void> {
  shared ??= openShared();
  const { database } = await shared;
  await empty(database);
  await work(database);
}

after(async () => {
  if (shared === undefined) return;
  const { store, database } = await shared;
  await database.close();
  await store.remove();
});

async function openShared(): Promise<{ store: TestStore; database: Database }> {
  const store = await createTestStore();
  return { store, database: await store.open() };
}

async function empty(database: Database): Promise<void> {
  const tables = await database.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename not in ('schema_migration', 'project')`,
  );
  await database.query(`truncate ${tables.map(({ name }) => name).join(', ')} restart identity cascade`);
  // The truncated tables refer to it, and the first one is there from the start.
  await database.query('delete from project where id <> 1');
}

async function createEmbedded(): Promise<TestStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tidemark-test-'));
  // A thousand small files: copied one by one with a promise each, they take five times as long.
  cpSync(await templateDirectory(), dataDir, { recursive: true });
  return {
    databaseUrl: null,
    dataDir,
    open: () => EmbeddedDatabase.open(dataDir),
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
}

/** A migrated directory to copy: making one takes seconds, copying it a fraction of one. */
async function templateDirectory(): Promise<string> {
  const migrations = new URL('../../collector/src/store/migrations/', import.meta.url);
  const hash = createHash('sha256');
  for (const name of (await readdir(migrations)).sort()) hash.update(await readFile(new URL(name, migrations)));
  for (const name of ['package.json', 'src/store/migrate.ts']) {
    hash.update(await readFile(new URL(`../../collector/${name}`, import.meta.url)));
  }
  const template = join(tmpdir(), `tidemark-template-${hash.digest('hex').slice(0, 16)}`);
  if (await isThere(template)) return template;
  const draft = `${template}-${randomUUID()}`;
  await mkdir(draft);
  const database = await EmbeddedDatabase.open(draft);
  await migrate(database);
  // Tests open stores by the hundred, and half the time of it is for clearing a cache that they do not fill.
  await database.query(`alter system set shared_buffers = '16MB'`);
  await database.close();
  // Two test files may make it at the same time; whoever is second throws its own away.
  await rename(draft, template).catch(() => rm(draft, { recursive: true, force: true }));
  return template;
}

async function isThere(path: string): Promise<boolean> {
  return readdir(path).then(
    () => true,
    () => false,
  );
}

async function createOnServer(serverUrl: string, chunks: boolean): Promise<TestStore> {
  const name = `tidemark_test_${randomUUID().replaceAll('-', '')}`;
  const ask = async (sql: string) => {
    const server = await PostgresDatabase.connect(serverUrl, () => undefined);
    await server.query(sql).finally(() => server.close());
  };
  await ask(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const open = () => PostgresDatabase.connect(url.href, () => undefined);
  const database = await open();
  try {
    await migrate(database);
    // Where the server's template has the extension, the whole suite runs on hypertables.
    if (chunks && (await useTimescale(database)) === 'columnstore') await pausePolicies(database);
  } finally {
    await database.close();
  }
  return {
    databaseUrl: url.href,
    dataDir: join(tmpdir(), name),
    open,
    remove: () => ask(`drop database if exists ${name} with (force)`),
  };
}

/** What tests store is old: TimescaleDB would compress it while they look on, some time or other. */
async function pausePolicies(database: Database): Promise<void> {
  await database.query(
    `select alter_job(job_id, scheduled => false) from timescaledb_information.jobs where proc_name = 'policy_compression'`,
  );
}
