import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { runChecks } from '../../../collector/src/doctor/check.ts';
import {
  judgeDurability,
  judgeServer,
  judgeSkew,
  judgeTimescale,
  judgeWriting,
  SERVER_CHECKS,
} from '../../../collector/src/doctor/server-checks.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { listOldTransactions } from '../../../collector/src/store/examine/server.ts';
import { createTestStore, SERVER_URL } from '../../support/database.ts';

/** State and detail of one check on a database. */
async function verdictOf(name: string, database: Database, now = Date.now): Promise<string> {
  const check = SERVER_CHECKS.filter((one) => one.name === name);
  const [finding] = await runChecks(check, { database, now });
  return `${finding?.state}: ${finding?.detail}`;
}

/** A store whose database can be set otherwise: a server keeps that for the next session, the embedded one has no other. */
async function storeFor(t: TestContext): Promise<{ open(setting?: string): Promise<Database> }> {
  const store = await createTestStore();
  let opened: Database | undefined;
  const set = (what: string) =>
    opened?.query(`do $$ begin execute format('alter database %I ${what}', current_database()); end $$`);
  t.after(async () => {
    await opened?.close();
    await store.remove();
  });
  return {
    open: async (setting) => {
      opened ??= await store.open();
      if (setting === undefined) return opened;
      if (opened.kind === 'embedded') {
        await opened.query(`set ${setting}`);
        return opened;
      }
      await set(`set ${setting}`);
      await opened.close();
      opened = await store.open();
      return opened;
    },
  };
}

const SERVER = {
  major: 15,
  version: '15.1',
  encoding: 'UTF8',
  isReplica: false,
  isReadOnly: false,
  fsync: 'on',
  fullPageWrites: 'on',
  synchronousCommit: 'on',
  bytes: 1,
  connections: 1,
  maxConnections: 100,
};

describe('a database that is well', () => {
  test('is fine in everything', async (t) => {
    const database = await (await storeFor(t)).open();
    for (const { state, name, detail } of await runChecks(SERVER_CHECKS, { database, now: Date.now })) {
      assert.equal(state, 'fine', `${name}: ${detail}`);
    }
  });
});

describe('a database is told from what it should be', () => {
  test('when it refuses writing', async (t) => {
    const store = await storeFor(t);
    const database = await store.open('default_transaction_read_only = on');
    assert.equal(await verdictOf('writing', database), 'wrong: transactions are read only');
    assert.equal(judgeWriting({ ...SERVER, isReplica: true }).state, 'wrong');
  });

  test('when a commit is no promise', async (t) => {
    const store = await storeFor(t);
    const database = await store.open('synchronous_commit = off');
    const said = await verdictOf('durability', database);
    if (database.kind === 'embedded') assert.match(said, /^fine: embedded: .*never calls fsync/);
    else assert.equal(said, 'wrong: off: synchronous_commit');
    assert.match(
      judgeDurability('postgres', { ...SERVER, fsync: 'off', fullPageWrites: 'off' }).detail,
      /fsync, full_page/,
    );
  });

  test('when its clock differs, by how much', async (t) => {
    const database = await (await storeFor(t)).open();
    assert.match(
      await verdictOf('clock', database, () => Date.now() + 120_000),
      /^wrong: the database is 1(19|20)\.\d s behind/,
    );
    assert.match(
      await verdictOf('clock', database, () => Date.now() - 20_000),
      /^warning: the database is (19|20)\.\d s ahead of/,
    );
    assert.deepEqual(
      [-60_001, -60_000, 5_000, 5_001, 60_001, Number.NaN].map((ms) => judgeSkew(ms).state),
      ['wrong', 'warning', 'fine', 'warning', 'wrong', 'wrong'],
    );
  });

  test('when its schema is behind, edited, of a newer program or not there', async (t) => {
    const database = await (await storeFor(t)).open();
    assert.match(await verdictOf('schema', database), /^fine: \d+ migrations, \d+ since 20\d\d-/);
    await database.query(`update schema_migration set checksum = 'other' where version = 1`);
    assert.equal(
      await verdictOf('schema', database),
      'wrong: edited after they were applied: 000001-models-and-windows.sql',
    );
    await database.query('delete from schema_migration where version = 1');
    assert.equal(await verdictOf('schema', database), 'warning: pending: 000001-models-and-windows.sql');
    await database.query('insert into schema_migration (version) values (999999)');
    assert.equal(await verdictOf('schema', database), 'wrong: migrations of a newer program: 999999');
    await database.query('drop table schema_migration');
    assert.equal(await verdictOf('schema', database), 'warning: there are no tables yet');
  });

  test('when somebody is in one transaction for long', {
    skip: SERVER_URL === undefined ? 'the embedded database has one session; needs DATABASE_URL' : false,
  }, async (t) => {
    const database = await (await storeFor(t)).open();
    await database.session(async (other) => {
      await other.query('begin');
      const [row] = await other.query<{ pid: number }>('select pg_backend_pid() as pid');
      const old = await listOldTransactions(database, 0);
      assert.deepEqual(
        old.map(({ pid, program }) => [pid, program]),
        [[row?.pid, 'tidemark']],
      );
      assert.deepEqual(await listOldTransactions(database, 10), []);
    });
  });

  test('when its version or encoding is not ours, or its connections are nearly used up', () => {
    assert.equal(judgeServer(SERVER).state, 'fine');
    assert.equal(judgeServer({ ...SERVER, major: 14 }).state, 'wrong');
    assert.equal(judgeServer({ ...SERVER, major: 19 }).state, 'warning');
    assert.equal(judgeServer({ ...SERVER, encoding: 'SQL_ASCII' }).state, 'wrong');
    assert.equal(judgeServer({ ...SERVER, connections: 91 }).state, 'warning');
  });

  test('when TimescaleDB is there and not used', () => {
    const hypertables = ['event', 'summary_1h', 'summary_1m', 'traffic_1h', 'traffic_1m'];
    const installed = { kind: 'installed', version: '2.28.3', licence: 'timescale', hypertables } as const;
    assert.equal(
      judgeTimescale({ ...installed, hypertables: [...hypertables, 'summary_1d', 'traffic_1d'] }).state,
      'fine',
    );
    assert.match(judgeTimescale({ ...installed, hypertables: ['event'] }).detail, /not hypertables: summary_1m, /);
    const apache = judgeTimescale({
      ...installed,
      licence: 'apache',
      hypertables: [...hypertables, 'summary_1d', 'traffic_1d'],
    });
    assert.match(apache.detail, /licence apache \(without compression and policies\)/);
    assert.match(judgeTimescale({ kind: 'available', version: '2.28.3' }).detail, /create extension timescaledb/);
    assert.equal(judgeTimescale({ kind: 'absent' }).state, 'fine');
  });
});
