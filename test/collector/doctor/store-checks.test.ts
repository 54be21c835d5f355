import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { Summary } from '@tidemark/sketch';
import { runChecks } from '../../../collector/src/doctor/check.ts';
import { judgeBacklog, judgeDeadRows, STORE_CHECKS } from '../../../collector/src/doctor/store-checks.ts';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { checkSketches } from '../../../collector/src/store/examine/sketches.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { PostgresDatabase } from '../../../collector/src/store/postgres.ts';
import { insertBaseline } from '../../../collector/src/store/write-baseline.ts';
import { HOUR, makeBatch, newSource, received, T0 } from '../../support/batches.ts';
import { createTestStore, SERVER_URL, withDatabase } from '../../support/database.ts';

/** State and detail of one check on a store. */
async function verdictOf(name: string, database: Database, isDeep = false): Promise<string> {
  const check = STORE_CHECKS.filter((one) => one.name === name);
  const [finding] = await runChecks(check, { database, isDeep, now: Date.now });
  return `${finding?.state}: ${finding?.detail}`;
}

/** Ten hours of two series, as a collector stores them. */
async function fill(database: Database): Promise<void> {
  const ingest = new Ingest(
    createIngestStore(database, await registerCollector(database, randomUUID(), 't')),
    () => undefined,
  );
  const series = [{ values: [1, 2, 3] }, { field: 'c', kind: 'category' as const, values: ['a', 'b'] }];
  const windows = Array.from({ length: 10 }, (_, hour) => ({ start: T0 + hour * HOUR, series }));
  await ingest.take(received(makeBatch(newSource(), 1, windows)));
}

const ALERT = `insert into alert (fingerprint, model_version_id, series_id, group_name, alertname, labels, state, machine, tick)
  values ('f', 1, 1, 'g', 'a', '{}', 'firing', '{}', now())`;

describe('a store that is well', () => {
  test('is fine in everything', () =>
    withDatabase(async (database) => {
      await fill(database);
      await database.query(ALERT);
      for (const isDeep of [false, true]) {
        for (const { state, name, detail } of await runChecks(STORE_CHECKS, { database, isDeep, now: Date.now })) {
          assert.equal(state, 'fine', `${name}: ${detail}`);
        }
      }
      assert.deepEqual(await checkSketches(database, true), { checked: 20, damaged: 0, named: [] });
      assert.deepEqual(await checkSketches(database, false), { checked: 6, damaged: 0, named: [] });
    }));
});

describe('a store is told from what it should be', () => {
  test('when its user may not write a table', {
    skip: SERVER_URL === undefined ? 'the embedded database has one user; needs DATABASE_URL' : false,
  }, async () => {
    const store = await createTestStore();
    const owner = await store.open();
    const role = `tidemark_test_${randomUUID().replaceAll('-', '')}`;
    try {
      await owner.query(`create role ${role} login`);
      await owner.query(`grant select, insert, update, delete on all tables in schema public to ${role}`);
      await owner.query(`revoke delete on series from ${role}`);
      const url = new URL(store.databaseUrl as string);
      url.username = role;
      const reader = await PostgresDatabase.connect(url.href, () => undefined);
      const said = await verdictOf('rights', reader).finally(() => reader.close());
      assert.equal(said, 'wrong: may not read and write: series');
      await owner.query(`drop owned by ${role}`);
      await owner.query(`drop role ${role}`);
    } finally {
      await owner.close();
      await store.remove();
    }
  });

  test('when new rows would collide', () =>
    withDatabase(async (database) => {
      await fill(database);
      await database.query(`select setval(pg_get_serial_sequence('series', 'id'), 1)`);
      assert.equal(await verdictOf('sequences', database), 'wrong: are behind their rows: series.id');
    }));

  test('when an index was not built to its end', () =>
    withDatabase(async (database) => {
      const set = (valid: boolean) =>
        database.query(`update pg_index set indisvalid = $1 where indexrelid = 'score_by_series'::regclass`, [valid]);
      await set(false);
      const said = await verdictOf('indexes', database);
      await set(true);
      assert.equal(said, 'wrong: not valid: index score_by_series');
    }));

  test('when rows name what is not there; of scores, where everything is read', () =>
    withDatabase(async (database) => {
      await fill(database);
      await database.query(ALERT.replace("('f', 1, 1,", "('f', 1, 99,"));
      await database.query(`insert into score (fingerprint, tick, model_version_id, series_id, alertname, measure, health, samples, span_from)
        values ('f', now(), 1, 99, 'a', 'psi', 'ok', 1, now())`);
      const said = 'wrong: lead nowhere: 1 of alert name a series that is not there';
      assert.equal(await verdictOf('references', database), said);
      assert.equal(
        await verdictOf('references', database, true),
        `${said}, 1 of score name a series that is not there`,
      );
    }));

  test('when windows are yet to come', () =>
    withDatabase(async (database) => {
      await fill(database);
      await database.query(`update model_version set last_window = now() + interval '1 day'`);
      assert.match(
        await verdictOf('windows', database),
        /^warning: from 2001-01-01T00:00:00\.000Z to .*, which is yet to come$/,
      );
    }));

  test('when a model has more series than fields can explain', () =>
    withDatabase(async (database) => {
      await fill(database);
      await database.query(`insert into series (model_version_id, stage, field, kind)
        select 1, 'feature', 'user-' || n, 'number' from generate_series(1, 10000) as n`);
      assert.equal(await verdictOf('series', database), 'warning: 10002 of m 1');
    }));

  test('when bytes of a sketch have changed, by the name of its window', () =>
    withDatabase(async (database) => {
      await fill(database);
      await database.query(
        `update summary_1h set digest = set_byte(digest, 0, 255) where digest is not null and window_start = '2001-01-01 09:00Z'`,
      );
      await database.query(
        `update summary_1h set digest = set_byte(digest, 0, 255) where digest is not null and window_start = '2001-01-01 01:00Z'`,
      );
      assert.match(
        await verdictOf('sketches', database),
        /^wrong: 1 of 6 decoded, a sample \(all with --deep\) are damaged: summary_1h, series \d, window 2001-01-01T09:00:00\.000Z: /,
      );
      assert.match(await verdictOf('sketches', database, true), /^wrong: 2 of 20 decoded are damaged: /);
    }));

  test('when bytes of a window of a baseline have changed, by the name of the baseline', () =>
    withDatabase(async (database) => {
      await fill(database);
      const summary = new Summary('number');
      summary.add(1);
      const one = { stage: 'feature', field: 'x', kind: 'number', bins: { kind: 'number', cuts: [] } } as const;
      const series = [{ ...one, summary, windows: [{ start: T0, summary }] }];
      await insertBaseline(database, { versionId: 1, name: 'ref', source: 's', rows: 1, series, windowMs: HOUR });
      assert.match(await verdictOf('sketches', database, true), /^fine: 22 /);
      await database.query('update baseline_window set digest = set_byte(digest, 0, 255)');
      assert.match(
        await verdictOf('sketches', database, true),
        /^wrong: 1 of 22 decoded are damaged: windows of feature\/x of baseline ref of m 1: /,
      );
    }));

  test('when deliveries do not get out', () =>
    withDatabase(async (database) => {
      await fill(database);
      await database.query(ALERT);
      await database.query(`insert into delivery (model_version_id, receiver, dedup_key, fingerprint, episode, kind, message, next_attempt_at)
        values (1, 'r', 'k', 'f', 1, 'firing', '{}', now() - interval '1 hour')`);
      assert.match(await verdictOf('backlog', database), /^warning: .*; 1 deliveries are overdue, 0 were refused/);
      const idle = { overdue: 0, refused: 0, agents: 2, queuedBatches: 1, queuedBytes: 1 };
      assert.equal(judgeBacklog(idle).state, 'fine');
      assert.equal(judgeBacklog({ ...idle, queuedBytes: 40 * 1024 * 1024 }).state, 'warning');
    }));

  test('when what is deleted is not cleared away', () => {
    assert.equal(judgeDeadRows([{ name: 'score', live: 1_000_000, dead: 500_000 }]).state, 'fine');
    assert.deepEqual(judgeDeadRows([{ name: 'score', live: 100_000, dead: 500_000 }]), {
      state: 'warning',
      detail: 'score: 500000 dead beside 100000',
    });
  });
});
