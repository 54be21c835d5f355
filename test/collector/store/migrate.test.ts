import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Database } from '../../../collector/src/store/database.ts';
import { type MigrationReport, migrate } from '../../../collector/src/store/migrate.ts';
import { PostgresDatabase } from '../../../collector/src/store/postgres.ts';
import { createTestStore, SERVER_URL, type TestStore, withDatabase } from '../../support/database.ts';

const NEEDS_SERVER = {
  skip: SERVER_URL === undefined ? 'the embedded database has one session; needs DATABASE_URL' : false,
  timeout: 60_000,
};
const SOURCE = new URL('../../../collector/src/store/', import.meta.url);

const TABLE = 'create table migrated (n int);\ninsert into migrated values (1);';
const INDEX = `-- tidemark: no transaction
drop index concurrently if exists migrated_by_n;
create index concurrently migrated_by_n on migrated (n);`;

/** A directory with these migrations. */
async function migrationsOf(t: TestContext, files: Readonly<Record<string, string>>): Promise<URL> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-migrations-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return pathToFileURL(`${directory}/`);
}

async function wipe(database: Database): Promise<void> {
  await database.query('drop schema public cascade');
  await database.query('create schema public');
}

/** A program that migrates the database at `url` and prints its report. */
function migratingProgram(t: TestContext, url: string, directory: URL): ChildProcess {
  const code = `import { PostgresDatabase } from ${JSON.stringify(new URL('postgres.ts', SOURCE).href)};
    import { migrate } from ${JSON.stringify(new URL('migrate.ts', SOURCE).href)};
    const database = await PostgresDatabase.connect(process.argv[1], () => {});
    const report = await migrate(database, { directory: new URL(process.argv[2]) });
    await database.close();
    console.log(JSON.stringify(report));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, url, directory.href], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => void child.kill('SIGKILL'));
  return child;
}

async function reportOf(child: ChildProcess): Promise<MigrationReport> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  return JSON.parse(text) as MigrationReport;
}

/** Waits until the database answers `sql` with a row. */
async function until(database: Database, sql: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if ((await database.query(sql)).length > 0) return;
    await setTimeout(50);
  }
  assert.fail(`no row for ${sql}`);
}

describe('migrations', () => {
  test('do nothing the second time', () =>
    withDatabase(async (database) => {
      const report = await migrate(database);
      assert.deepEqual([report.applied, report.edited], [[], []]);
      assert.equal(report.from, report.to);
    }));

  test('refuse a database that a newer program has changed, and say what to do', () =>
    withDatabase(async (database) => {
      await database.query('insert into schema_migration (version) values (999999)');
      try {
        await assert.rejects(migrate(database), { code: 'DATABASE_NEWER', message: /schema 999999.*newer program/ });
      } finally {
        await database.query('delete from schema_migration where version = 999999');
      }
    }));

  test('an unreachable server is named without its password', async () => {
    const url = 'postgres://someone:hunter2@127.0.0.1:1/nowhere';
    await assert.rejects(
      PostgresDatabase.connect(url, () => undefined),
      (error: Error) => {
        assert.match(error.message, /cannot reach PostgreSQL at 127\.0\.0\.1:1\/nowhere/);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      },
    );
  });
});

describe('a run of migrations', () => {
  let store: TestStore;
  let database: Database;
  before(async () => {
    store = await createTestStore();
    database = await store.open();
  });
  after(async () => {
    await database.close();
    await store.remove();
  });
  beforeEach(() => wipe(database));

  test('applies files in the order of their numbers, and those that refuse a transaction outside of one', async (t) => {
    const directory = await migrationsOf(t, { '000001-table.sql': TABLE, '000002-index.sql': INDEX });
    const files = ['000001-table.sql', '000002-index.sql'];
    assert.deepEqual(await migrate(database, { directory }), { from: 0, to: 2, applied: files, edited: [] });
    assert.deepEqual(await migrate(database, { directory }), { from: 2, to: 2, applied: [], edited: [] });
    await until(database, `select 1 from pg_index where indexrelid = 'migrated_by_n'::regclass and indisvalid`);
  });

  test('keeps nothing of a file that fails, all of those before it, and names it', async (t) => {
    const broken = `${TABLE.replace('migrated', 'second')}\nselect 1 / 0;`;
    const directory = await migrationsOf(t, { '000001-table.sql': TABLE, '000003-broken.sql': broken });
    await assert.rejects(migrate(database, { directory }), {
      code: 'MIGRATION_FAILED',
      message: /^migration 000003-broken\.sql failed, nothing of it was kept: division by zero$/,
    });
    assert.deepEqual(
      await database.query(`select to_regclass('migrated')::text as a, to_regclass('second')::text as b`),
      [{ a: 'migrated', b: null }],
    );
    assert.deepEqual(await database.query('select version from schema_migration'), [{ version: 1 }]);
  });

  test('begins a file that refuses a transaction again where it has failed', async (t) => {
    const failing = INDEX.replace('create index', 'select 1 / 0;\ncreate index');
    const first = await migrationsOf(t, { '000001-table.sql': TABLE, '000002-index.sql': failing });
    await assert.rejects(migrate(database, { directory: first }), /000002-index\.sql failed, it will be done again/);
    const directory = await migrationsOf(t, { '000001-table.sql': TABLE, '000002-index.sql': INDEX });
    assert.deepEqual((await migrate(database, { directory })).applied, ['000002-index.sql']);
  });

  test('tells of a file that was edited after it was applied, and goes on', async (t) => {
    const directory = await migrationsOf(t, { '000001-table.sql': TABLE });
    await migrate(database, { directory });
    await writeFile(new URL('000001-table.sql', directory), TABLE.replaceAll('\n', '\r\n'));
    assert.deepEqual((await migrate(database, { directory })).edited, [], 'line ends are no edit');
    await writeFile(new URL('000001-table.sql', directory), TABLE.replace('(1)', '(2)'));
    await writeFile(new URL('000002-index.sql', directory), INDEX);
    assert.deepEqual(await migrate(database, { directory }), {
      from: 1,
      to: 2,
      applied: ['000002-index.sql'],
      edited: ['000001-table.sql'],
    });
  });

  test('takes over a database whose migrations were applied by a program that kept no checksums', async (t) => {
    await database.query(
      'create table schema_migration (version int primary key, applied_at timestamptz not null default now())',
    );
    await database.query('insert into schema_migration (version) values (1)');
    const directory = await migrationsOf(t, { '000001-table.sql': TABLE });
    assert.deepEqual(await migrate(database, { directory }), { from: 1, to: 1, applied: [], edited: [] });
    await writeFile(new URL('000001-table.sql', directory), `${TABLE}\n-- edited`);
    assert.deepEqual((await migrate(database, { directory })).edited, ['000001-table.sql']);
  });

  test('refuses two files of one number, and a file without a number', async (t) => {
    const twice = await migrationsOf(t, { '000001-a.sql': TABLE, '000001-b.sql': TABLE });
    await assert.rejects(migrate(database, { directory: twice }), /000001-a\.sql and 000001-b\.sql have one number/);
    const nameless = await migrationsOf(t, { 'table.sql': TABLE });
    await assert.rejects(
      migrate(database, { directory: nameless }),
      /expected the name of a migration.*got table\.sql/,
    );
  });

  test(
    'is made once by ten programs that start at the same time, also the part outside of a transaction',
    NEEDS_SERVER,
    async (t) => {
      const slow = `${TABLE}\nselect pg_sleep(0.5);`;
      const directory = await migrationsOf(t, { '000001-table.sql': slow, '000002-index.sql': INDEX });
      const programs = Array.from({ length: 10 }, () => migratingProgram(t, store.databaseUrl as string, directory));
      const reports = await Promise.all(programs.map(reportOf));
      assert.deepEqual(reports.flatMap(({ applied }) => applied).sort(), ['000001-table.sql', '000002-index.sql']);
      assert.ok(reports.every(({ to }) => to === 2));
      assert.deepEqual(await database.query('select n from migrated'), [{ n: 1 }]);
    },
  );

  test(
    'that is killed in the middle of a transaction leaves nothing, and the next one does it',
    NEEDS_SERVER,
    async (t) => {
      const hanging = await migrationsOf(t, { '000001-table.sql': `${TABLE}\nselect pg_sleep(60);` });
      const killed = migratingProgram(t, store.databaseUrl as string, hanging);
      await until(
        database,
        `select 1 from pg_stat_activity where datname = current_database() and query = 'select pg_sleep(60)'`,
      );
      killed.kill('SIGKILL');
      const directory = await migrationsOf(t, { '000001-table.sql': TABLE });
      const waited: string[] = [];
      const report = await migrate(database, { directory, onWait: (holder) => waited.push(holder) });
      assert.deepEqual(report.applied, ['000001-table.sql']);
      assert.match(
        String(waited),
        /^backend \d+ \(tidemark on .*, connected since .*Z; active: select pg_sleep\(60\)\)$/,
      );
      assert.deepEqual(await database.query('select n from migrated'), [{ n: 1 }]);
    },
  );

  test(
    'that is killed while it builds an index leaves half of one, and the next one builds it whole',
    NEEDS_SERVER,
    async (t) => {
      const directory = await migrationsOf(t, { '000001-table.sql': TABLE, '000002-index.sql': INDEX });
      await migrate(database, { directory, only: new Set([1]) });
      await database.session(async (reader) => {
        // An index waits for everybody who may still see the table as it was.
        await reader.query('begin');
        await reader.query('update migrated set n = 2');
        const killed = migratingProgram(t, store.databaseUrl as string, directory);
        await until(database, `select 1 from pg_index where indrelid = 'migrated'::regclass`);
        killed.kill('SIGKILL');
        const gone = `select 1 where not exists (select 1 from pg_locks where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database()))`;
        await until(database, gone);
        await reader.query('rollback');
      });
      assert.deepEqual(await database.query(`select indisvalid from pg_index where indrelid = 'migrated'::regclass`), [
        { indisvalid: false },
      ]);
      assert.deepEqual((await migrate(database, { directory })).applied, ['000002-index.sql']);
      assert.deepEqual(await database.query(`select indisvalid from pg_index where indrelid = 'migrated'::regclass`), [
        { indisvalid: true },
      ]);
    },
  );

  test('gives up after a while and names who holds it up', NEEDS_SERVER, async (t) => {
    const directory = await migrationsOf(t, { '000001-table.sql': TABLE });
    await database.session(async (holder) => {
      const [row] = await holder.query<{ pid: number }>('select pg_backend_pid() as pid, pg_advisory_lock(7411001)');
      await assert.rejects(migrate(database, { directory, patienceMs: 300 }), {
        code: 'MIGRATION_LOCKED',
        message: new RegExp(`not done after 0\\.3 s: backend ${row?.pid} \\(tidemark on .*pg_terminate_backend`),
      });
    });
    assert.deepEqual((await migrate(database, { directory })).applied, ['000001-table.sql']);
  });
});
