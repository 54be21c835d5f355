import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createLog } from '../../../../collector/src/log.ts';
import { registerCollector } from '../../../../collector/src/store/batches.ts';
import type { Database } from '../../../../collector/src/store/database.ts';
import { EmbeddedDatabase } from '../../../../collector/src/store/embedded.ts';
import { migrate } from '../../../../collector/src/store/migrate.ts';
import { readMigrations } from '../../../../collector/src/store/migrations.ts';
import { exportStore } from '../../../../collector/src/store/move/export-store.ts';
import { importStore } from '../../../../collector/src/store/move/import-store.ts';
import { listTables, quoteName, readSequences } from '../../../../collector/src/store/move/tables.ts';
import { fillAwkwardly, readEverything } from '../../../support/awkward-rows.ts';
import { createTestStore, SERVER_URL } from '../../../support/database.ts';
import { seededRandom } from '../../../support/random.ts';

const LOG = createLog('silent');
const SOURCE = new URL('../../../../collector/src/', import.meta.url);

async function directoryFor(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-move-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A migrated, empty store: on the server where there is one, else embedded. */
async function storeFor(t: TestContext): Promise<Database> {
  const store = await createTestStore();
  const database = await store.open();
  t.after(async () => {
    await database.close();
    await store.remove();
  });
  return database;
}

/** An embedded database without any tables. */
async function embeddedFor(t: TestContext): Promise<Database> {
  const database = await EmbeddedDatabase.open(join(await directoryFor(t), 'data'));
  t.after(() => database.close());
  return database;
}

/** The next number of each column that counts by itself. */
async function nextNumbers(database: Database): Promise<Record<string, string>> {
  const next: Record<string, string> = {};
  for (const { table, column } of await readSequences(database)) {
    const [row] = await database.query<{ n: string }>(`select nextval(pg_get_serial_sequence($1, $2))::text as n`, [
      quoteName(table),
      column,
    ]);
    next[`${table}.${column}`] = row?.n ?? '';
  }
  return next;
}

describe('a store that is exported and imported', () => {
  for (const seed of [1, 2]) {
    test(`has every row and every value it had, from engine to engine and back (seed ${seed})`, async (t) => {
      const directory = await directoryFor(t);
      const embedded = await embeddedFor(t);
      await migrate(embedded);
      await fillAwkwardly(embedded, seededRandom(seed));
      for (let i = 0; i < 5; i++) await nextNumbers(embedded);
      const before = await readEverything(embedded);
      assert.deepEqual(
        Object.entries(before).filter(([, rows]) => rows.length === 0),
        [],
        'every table has rows',
      );

      // On PostgreSQL where there is one.
      const between = await storeFor(t);
      const there = await exportStore(embedded, join(directory, 'there.tidemark.gz'));
      const report = await importStore(between, there.file, LOG);
      assert.deepEqual(
        report.rows,
        Object.fromEntries(Object.entries(before).map(([name, rows]) => [name, rows.length])),
      );
      assert.deepEqual(await readEverything(between), before);

      const last = await embeddedFor(t);
      await importStore(last, (await exportStore(between, join(directory, 'back.tidemark.gz'))).file, LOG);
      assert.deepEqual(await readEverything(last), before);

      const numbers = await nextNumbers(embedded);
      const fresh = { ...(await nextNumbers(between)), ...(await nextNumbers(last)) };
      for (const [column, next] of Object.entries(fresh)) {
        assert.ok(BigInt(next) >= BigInt(numbers[column] ?? 0), `${column}: ${next} after ${numbers[column]}`);
      }
    });
  }

  test('is not put into a store that has been in use, which stays as it was', async (t) => {
    const directory = await directoryFor(t);
    const source = await storeFor(t);
    await fillAwkwardly(source, seededRandom(1));
    const { file } = await exportStore(source, join(directory, 'one.tidemark.gz'));
    const used = await storeFor(t);
    await registerCollector(used, '0192f0c1-7d5e-7abc-8def-0123456789ab', 'here');
    const before = await readEverything(used);
    await assert.rejects(importStore(used, file, LOG), {
      code: 'STORE_NOT_EMPTY',
      message: /rows of its own in collector\./,
    });
    assert.deepEqual(await readEverything(used), before);
    const odd = await storeFor(t);
    await odd.query(
      `insert into ingest_batch (project_id, source, seq) values (1, '0192f0c1-7d5e-7abc-8def-0123456789aa', 1)`,
    );
    await assert.rejects(importStore(odd, file, LOG), {
      code: 'STORE_NOT_EMPTY',
      message: /rows of its own in ingest_batch\./,
    });
    assert.equal((await readEverything(odd)).model_version?.length, 0);
  });

  test('takes the place of rows that migrations have put there', async (t) => {
    const directory = await directoryFor(t);
    const seed = `insert into rule_group (project_id, name, last_tick) values (1, 'seed', now())`;
    const source = await storeFor(t);
    await source.query(seed);
    const { file } = await exportStore(source, join(directory, 'one.tidemark.gz'));
    const target = await storeFor(t);
    await target.query(seed);
    await importStore(target, file, LOG);
    assert.deepEqual(await readEverything(target), await readEverything(source));
  });

  test('leaves an empty store when it is stopped on its way, and comes whole the next time', async (t) => {
    const directory = await directoryFor(t);
    const source = await storeFor(t);
    await fillAwkwardly(source, seededRandom(1));
    const { file } = await exportStore(source, join(directory, 'one.tidemark.gz'));
    const target = await storeFor(t);
    const empty = await readEverything(target);
    const controller = new AbortController();
    const stopped = importStore(target, file, LOG, {
      signal: controller.signal,
      onProgress: ({ table }) => table === 'series' && controller.abort(new Error('stopped')),
    });
    await assert.rejects(stopped, /stopped/);
    assert.deepEqual(await readEverything(target), empty);
    await importStore(target, file, LOG);
    assert.deepEqual(await readEverything(target), await readEverything(source));
  });

  test('leaves an empty store when its process is killed on its way, and comes whole the next time', async (t) => {
    const directory = await directoryFor(t);
    const source = await storeFor(t);
    await fillAwkwardly(source, seededRandom(1));
    const { file } = await exportStore(source, join(directory, 'one.tidemark.gz'));
    const store = await createTestStore();
    t.after(() => store.remove());
    const fresh = await store.open();
    const empty = await readEverything(fresh).finally(() => fresh.close());
    const config = { databaseUrl: store.databaseUrl, dataDir: store.dataDir };
    const module = (name: string) => JSON.stringify(new URL(name, SOURCE).href);
    const code = `import { createLog } from ${module('log.ts')};
      import { importStore } from ${module('store/move/import-store.ts')};
      import { openDatabase } from ${module('store/open.ts')};
      const database = await openDatabase(${JSON.stringify(config)}, createLog('silent'));
      await importStore(database, ${JSON.stringify(file)}, createLog('silent'), {
        onProgress: ({ table }) => {
          if (table !== 'series') return;
          process.kill(process.pid, 'SIGKILL');
        },
      });`;
    const child = spawn(process.execPath, ['--conditions=tidemark-source', '-e', code], { stdio: 'inherit' });
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
    const target = await store.open();
    try {
      assert.deepEqual(await readEverything(target), empty);
      await importStore(target, file, LOG);
      assert.deepEqual(await readEverything(target), await readEverything(source));
    } finally {
      await target.close();
    }
  });

  test('of an older program goes into the tables of its time and is then migrated as any store is', async (t) => {
    const directory = await directoryFor(t);
    const all = (await readMigrations()).map(({ version }) => version);
    const only = new Set(all.filter((version) => version <= 3));
    const old = await embeddedFor(t);
    await migrate(old, { only });
    await fillAwkwardly(old, seededRandom(4));
    const { file, rows } = await exportStore(old, join(directory, 'old.tidemark.gz'));
    const target = await emptyStore(t);
    const report = await importStore(target, file, LOG);
    assert.deepEqual(report.schema, { file: 3, store: all.at(-1) });
    await migrate(old);
    const expected = await readEverything(old);
    const moved = await readEverything(target);
    // Tables that came later may have rows of their own from the start, with the time at which they were made.
    for (const name of Object.keys(rows)) assert.deepEqual(moved[name], expected[name], name);
    await assert.rejects(importStore(await storeFor(t), file, LOG), {
      code: 'SCHEMA_MISMATCH',
      message: /is of schema 3, .*without any tables/,
    });
  });

  test('of a newer program, or in a newer form, is refused', async (t) => {
    const directory = await directoryFor(t);
    const source = await storeFor(t);
    const { file } = await exportStore(source, join(directory, 'one.tidemark.gz'));
    const edit = async (change: (header: { format_version: number; migrations: object[] }) => void) => {
      const [first = '', ...rest] = gunzipSync(await readFile(file))
        .toString()
        .split('\n');
      const header = JSON.parse(first);
      change(header);
      const body = [JSON.stringify(header), ...rest.slice(0, -2)].map((line) => `${line}\n`).join('');
      const end = JSON.parse(rest.at(-2) ?? '');
      const { createHash } = await import('node:crypto');
      end.end.sha256 = createHash('sha256').update(body).digest('hex');
      const edited = join(directory, `${Math.random()}.tidemark.gz`);
      await writeFile(edited, gzipSync(`${body}${JSON.stringify(end)}\n`));
      return edited;
    };
    const newer = await edit((header) => header.migrations.push({ version: 999_999, checksum: null }));
    await assert.rejects(importStore(source, newer, LOG), {
      code: 'DATABASE_NEWER',
      message: /written by a newer program.*999999/,
    });
    const form = await edit((header) => {
      header.format_version = 2;
    });
    await assert.rejects(importStore(source, form, LOG), {
      code: 'EXPORT_INVALID',
      message: /has form 2, this program reads form 1/,
    });
    await importStore(source, await edit(() => undefined), LOG);
  });

  test('keeps others out until it is whole', {
    skip: SERVER_URL === undefined ? 'needs DATABASE_URL: one session cannot be in its own way' : false,
  }, async (t) => {
    const directory = await directoryFor(t);
    const source = await storeFor(t);
    await registerCollector(source, '0192f0c1-7d5e-7abc-8def-0123456789ab', 'here');
    await source.query(`insert into model_version (project_id, model, version) values (1, 'm', '1')`);
    const { file } = await exportStore(source, join(directory, 'one.tidemark.gz'));
    const target = await storeFor(t);
    let started: Promise<number> | undefined;
    await importStore(target, file, LOG, {
      onProgress: () => {
        started ??= registerCollector(target, '0192f0c1-7d5e-7abc-8def-0123456789ac', 'here too');
      },
    });
    assert.equal(await started, 2, 'the collector that came meanwhile has the next number');

    const busy = await storeFor(t);
    await busy.session(async (other) => {
      await other.query('begin');
      await other.query('lock table series in row exclusive mode');
      await assert.rejects(importStore(busy, file, LOG), {
        message: /at work in the store: .*lock timeout\. Stop the collectors/,
      });
    });
  });
});

describe('the tables of a store', () => {
  test('come after those they refer to', async (t) => {
    const database = await storeFor(t);
    const names = (await listTables(database)).map(({ name }) => name);
    assert.ok(names.indexOf('model_version') < names.indexOf('series'));
    assert.ok(names.indexOf('series') < names.indexOf('summary_1m'));
    assert.ok(!names.includes('schema_migration'));
  });
});

/** A store without any tables: on the server where there is one, else embedded. */
async function emptyStore(t: TestContext): Promise<Database> {
  if (SERVER_URL === undefined) return embeddedFor(t);
  const database = await storeFor(t);
  await database.query('drop schema public cascade');
  await database.query('create schema public');
  return database;
}
