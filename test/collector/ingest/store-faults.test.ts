import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { migrate } from '../../../collector/src/store/migrate.ts';
import { PostgresDatabase } from '../../../collector/src/store/postgres.ts';
import { OwnPostgres, whyNoPostgres } from '../../../loadtest/scenario/own-postgres.ts';
import { makeBatch, newSource, received } from '../../support/batches.ts';
import { createTestStore, SERVER_URL } from '../../support/database.ts';

const run = promisify(execFile);
const source = newSource();
const batch = (sequence: number, values: readonly unknown[] = [sequence]) =>
  received(makeBatch(source, sequence, [{ series: [{ values }] }]));

/** Ingest on a database, what was told of it, and what the database holds. */
async function ingestOn(database: Database) {
  const part = await registerCollector(database, randomUUID(), 'test');
  const told: (string | null)[] = [];
  const ingest = new Ingest(createIngestStore(database, part), () => undefined, {
    onStoreChange: (fault) => told.push(fault?.reason ?? null),
  });
  const kindOf = async (sequence: number) => (await ingest.take(batch(sequence))).kind;
  const counts = async () => {
    const [row] = await database.query<{ rows: number; valid: number }>(
      `select (select sum(n_rows)::int8 from traffic_1h) as rows, (select sum(n_valid)::int8 from summary_1h) as valid`,
    );
    return row;
  };
  return { ingest, told, kindOf, counts };
}

/** Takes a batch until it is kept; each refusal to keep it must be `retry`. */
async function untilKept(take: () => Promise<string>): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (let kind = await take(); kind !== 'accepted' && kind !== 'duplicate'; kind = await take()) {
    assert.equal(kind, 'retry');
    assert.ok(performance.now() < deadline, 'it was never kept');
  }
}

describe('a store that cannot keep anything', {
  skip: SERVER_URL === undefined && 'needs PostgreSQL in DATABASE_URL',
}, () => {
  test('because it is read-only is not ready for that reason, and loses and doubles nothing', async (t) => {
    const store = await createTestStore();
    const [database, other] = [await store.open(), await store.open()];
    t.after(async () => {
      await database.close();
      await other.close();
      await store.remove();
    });
    const { ingest, told, kindOf, counts } = await ingestOn(database);
    assert.equal(await kindOf(1), 'accepted');
    const name = new URL(store.databaseUrl ?? '').pathname.slice(1);
    const setReadOnly = async (state: 'on' | 'off') => {
      // Sessions take it over when they begin, so those that are open are ended.
      await other.query(`set default_transaction_read_only = off`);
      await other.query(`alter database ${name} set default_transaction_read_only = ${state}`);
      await other.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      );
    };
    await setReadOnly('on');
    const readOnly = async () => {
      assert.equal(await kindOf(2), 'retry');
      return ingest.condition.health.detail;
    };
    let detail = await readOnly();
    // Sessions that were ended are what the pool finds first.
    for (let left = 10; left > 0 && !/read-only/.test(detail); left--) detail = await readOnly();
    assert.match(detail, /read-only.*25006/);
    assert.equal(ingest.condition.health.ok, false);
    for (let i = 0; i < 3; i++) assert.equal(await kindOf(2), 'retry');
    await setReadOnly('off');
    await untilKept(() => kindOf(2));
    assert.equal(await kindOf(2), 'duplicate');
    assert.equal(ingest.condition.health.ok, true);
    assert.equal(told.filter((reason) => reason?.includes('25006')).length, 1, 'said once, not for each batch');
    assert.equal(told.at(-1), null);
    assert.deepEqual(await counts(), { rows: 2, valid: 2 });
  });

  test('because somebody holds a lock says that it took too long, and goes on when the lock is gone', async (t) => {
    const store = await createTestStore();
    const [database, other] = [await store.open(), await store.open()];
    t.after(async () => {
      await database.close();
      await other.close();
      await store.remove();
    });
    const { ingest, kindOf, counts } = await ingestOn(database);
    assert.equal(await kindOf(1), 'accepted');
    await other.transaction(async (tx) => {
      await tx.query('lock table traffic_1h in exclusive mode');
      const slow = kindOf(2);
      const group = [3, 4].map((sequence) => kindOf(sequence));
      // As statement_timeout does it, without its minute.
      const cancel = `select pg_cancel_backend(pid) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()`;
      let answered = false;
      void slow.then(() => {
        answered = true;
      });
      while (!answered) await other.query(cancel);
      assert.equal(await slow, 'retry');
      assert.match(ingest.condition.health.detail, /took too long.*57014/);
      void Promise.all(group);
    });
    await untilKept(() => kindOf(2));
    for (const sequence of [3, 4]) await untilKept(() => kindOf(sequence));
    assert.equal(ingest.condition.health.ok, true);
    assert.deepEqual(await counts(), { rows: 4, valid: 4 });
  });

  test('is not at fault where a version is deleted under a commit: it is tried again at once, and others lose nothing', async (t) => {
    const store = await createTestStore();
    const [database, other] = [await store.open(), await store.open()];
    t.after(async () => {
      await database.close();
      await other.close();
      await store.remove();
    });
    const ingestStore = createIngestStore(database, await registerCollector(database, randomUUID(), 'test'));
    let deletes = 0;
    const ingest = new Ingest(
      {
        ...ingestStore,
        transaction: (work) =>
          ingestStore.transaction((tx) =>
            work({
              ...tx,
              writeSummaries: async (parts) => {
                // Between the look at the version and the write of what belongs to it.
                if (deletes++ === 2) await other.query(`delete from model_version where version = 'doomed'`);
                await tx.writeSummaries(parts);
              },
            }),
          ),
      },
      () => undefined,
    );
    const send = (sequence: number, version: string) => {
      const sent = makeBatch(source, sequence, [{ version, series: [{ values: [1] }] }]);
      // Only the first says what the version is; to say it again would lock it.
      return ingest.take(received(sequence > 2 ? { ...sent, modelVersions: [] } : sent));
    };
    for (const [i, version] of ['doomed', 'kept'].entries())
      assert.equal((await send(i + 1, version)).kind, 'accepted');
    const [doomed, kept] = await Promise.all([send(3, 'doomed'), send(4, 'kept')]);
    assert.equal(deletes, 4, 'a second try');
    assert.deepEqual(kept, { kind: 'accepted', refusals: [] });
    assert.equal(doomed.kind === 'accepted' && doomed.refusals[0]?.code, 'unknown_model_version');
    assert.equal(ingest.condition.health.ok, true);
    const [row] = await database.query('select sum(n_rows)::int8 as rows from traffic_1h');
    assert.deepEqual(row, { rows: 2 });
  });
});

describe('a server that goes away', { skip: whyNoPostgres() ?? false }, () => {
  for (const mode of ['fast', 'immediate'] as const) {
    test(`(stopped, ${mode}) and comes back: every batch is kept once`, async (t) => {
      const postgres = await OwnPostgres.create();
      const database = await PostgresDatabase.connect(postgres.url, () => undefined);
      t.after(async () => {
        await database.close();
        await postgres.remove();
      });
      await migrate(database);
      const { ingest, kindOf, counts } = await ingestOn(database);
      assert.equal(await kindOf(1), 'accepted');
      const underWay = [2, 3, 4].map((sequence) => kindOf(sequence));
      await postgres.stop(mode);
      await Promise.all(underWay);
      assert.equal(await kindOf(5), 'retry');
      assert.equal(ingest.condition.health.ok, false);
      assert.match(ingest.condition.health.detail, /cannot be reached|connection to the database broke|shutting down/);
      await postgres.start();
      for (const sequence of [1, 2, 3, 4, 5]) await untilKept(() => kindOf(sequence));
      assert.equal(ingest.condition.health.ok, true);
      assert.deepEqual(await counts(), { rows: 5, valid: 5 });
    });
  }

  test('for want of disk says so, keeps what it had, and goes on when there is room', async (t) => {
    const postgres = await OwnPostgres.create();
    const disk = join(postgres.directory, 'disk');
    await mkdir(disk);
    if (!(await mountSmallDisk(t, disk))) return postgres.remove();
    const server = await PostgresDatabase.connect(postgres.url, () => undefined);
    await server.query(`create tablespace small location '${disk}'`);
    await server.query('create database full_one tablespace small');
    const database = await PostgresDatabase.connect(postgres.url.replace(/postgres$/, 'full_one'), () => undefined);
    t.after(async () => {
      await database.close();
      await server.close();
      await postgres.stop('immediate');
      await run('umount', [disk]);
      await postgres.remove();
    });
    await migrate(database);
    const { ingest, kindOf, counts } = await ingestOn(database);
    assert.equal(await kindOf(1), 'accepted');
    await database.query('create table filler (text text)');
    const fill = async () => {
      for (;;) {
        await database.query(`insert into filler select repeat(md5(random()::text), 60) from generate_series(1, 500)`);
      }
    };
    await assert.rejects(fill(), { code: '53100' });
    // What is left of the disk's last blocks goes first.
    let kept = 1;
    while ((await kindOf(kept + 1)) === 'accepted' && kept < 5_000) kept += 1;
    assert.match(ingest.condition.health.detail, /disk of the database is full.*53100/);
    for (let i = 0; i < 3; i++) assert.equal(await kindOf(kept + 1), 'retry');
    await database.query('drop table filler');
    await untilKept(() => kindOf(kept + 1));
    assert.equal(ingest.condition.health.ok, true);
    assert.deepEqual(await counts(), { rows: kept + 1, valid: kept + 1 });
  });
});

/** A disk of a few megabytes; false (and the test says so) where this machine mounts none. */
async function mountSmallDisk(t: TestContext, at: string): Promise<boolean> {
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=700', 'tmpfs', at]);
    await run('chown', ['postgres', at]);
    return true;
  } catch (error) {
    t.skip(`cannot mount a small disk here: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
