import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { messageOf } from '../../../collector/src/errors.ts';
import type { CommitObserver } from '../../../collector/src/ingest/commit-observer.ts';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import { planCleanUps } from '../../../collector/src/store/clean-ups.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { dropChunks } from '../../../collector/src/store/delete-rows.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { PostgresDatabase } from '../../../collector/src/store/postgres.ts';
import { HOUR, makeBatch, newSource, oneBound, received, T0 } from '../../support/batches.ts';
import { createTestStore, withDatabase } from '../../support/database.ts';
import { seededRandom } from '../../support/random.ts';
import { insertHistory, insertVersion, insertWindows, runCleanUps, timesOf } from '../../support/stored-rows.ts';
import { chunksOf, compressAll, lacks } from '../../support/timescale.ts';

const MINUTE = 60_000;
const DAY = 24 * HOUR;
const TABLES = ['summary_1m', 'traffic_1m'];

async function ingestOf(database: Database, observer?: CommitObserver): Promise<Ingest> {
  const part = await registerCollector(database, randomUUID(), 't');
  return new Ingest(createIngestStore(database, part), () => undefined, { ...(observer && { observer }) });
}

/** Every minute of [first, first + count) with `fields` series of one value each. */
function minutes(first: number, count: number, fields: number) {
  return Array.from({ length: count }, (_, i) => ({
    start: T0 + (first + i) * MINUTE,
    widthMs: MINUTE,
    series: Array.from({ length: fields }, (_, f) => ({ field: `f${f}`, values: [i] })),
  }));
}

const dropIn = async (database: Database, table: string, bound: number, lockTimeoutMs?: number) =>
  (await database.session((session) => dropChunks(session, table, bound, lockTimeoutMs))).chunks;

const totals = async (database: Database) =>
  (
    await database.query(
      `select (select sum(n_valid)::int from summary_1m) as values, (select sum(n_rows)::int from traffic_1m) as rows`,
    )
  )[0];

describe('chunks', () => {
  test('are opened by many first commits at once, of new versions and series, and none gives way', (t) =>
    withDatabase(async (database) => {
      if (await lacks(t, database, 'hypertables')) return;
      const commits: (string | null)[] = [];
      const observer: CommitObserver = ({ error }) => void commits.push(error === null ? null : messageOf(error));
      // Two collectors, so that not all of it goes through one queue.
      const collectors = [await ingestOf(database, observer), await ingestOf(database, observer)];
      const series = Array.from({ length: 30 }, (_, i) => ({ field: `f${i}`, values: [i] }));
      for (const day of [0, 1, 2]) {
        const windows = [{ start: T0 + day * DAY, widthMs: MINUTE, series }];
        const batches = Array.from({ length: 24 }, (_, i) => {
          const named = windows.map((window) => ({ ...window, model: `m${i}`, version: `${day}` }));
          return received(makeBatch(newSource(), 1, named));
        });
        const outcomes = await Promise.all(batches.map((batch, i) => collectors[i % 2]?.take(batch)));
        assert.deepEqual([...new Set(outcomes.map((outcome) => outcome?.kind))], ['accepted']);
      }
      assert.deepEqual([...new Set(commits)], [null]);
      assert.deepEqual(await totals(database), { values: 3 * 24 * 30, rows: 3 * 24 });
    }));

  test('take late deltas into windows of any time, once', (t) =>
    withDatabase(async (database) => {
      if (await lacks(t, database, 'hypertables')) return;
      const ingest = await ingestOf(database);
      const source = newSource();
      const windows = [0, 40, 80].map((days) => ({ start: T0 + days * DAY, series: [{ values: [1, 2] }] }));
      await ingest.take(received(makeBatch(source, 1, windows)));
      const late = makeBatch(source, 2, windows.slice(0, 1));
      await ingest.take(received(late));
      assert.equal((await ingest.take(received(late))).kind, 'duplicate');
      const rows = await database.query<{ n: number; rev: number }>(
        'select n_valid as n, rev from summary_1h order by window_start',
      );
      assert.deepEqual(rows, [
        { n: 4, rev: 2 },
        { n: 2, rev: 1 },
        { n: 2, rev: 1 },
      ]);
      assert.equal((await chunksOf(database, 'summary_1h')).all, 3);
    }));

  test('are opened by several collectors and dropped at the same time without losing a row', (t) =>
    withDatabase(async (database) => {
      if (await lacks(t, database, 'hypertables')) return;
      const old = await insertVersion(database, 'old', 2);
      await insertWindows(
        database,
        old,
        MINUTE,
        [-30, -20, -10].map((days) => T0 + days * DAY),
      );
      const days = 3;
      const write = async () => {
        const ingest = await ingestOf(database);
        const source = newSource();
        for (let day = 0; day < days; day++) {
          const batch = received(makeBatch(source, day + 1, minutes(day * 1440, 2, 3)));
          // Of two that open a chunk at once one may have to give way; an agent sends its batch again.
          // An agent waits before it comes again; a commit that waits for a lock gives its batches back meanwhile. One that
          // happened all the same is known when the batch comes again.
          for (let tries = 0; (await ingest.take(batch)).kind === 'retry'; tries++) {
            assert.ok(tries < 100);
            await database.query('select pg_sleep(0.2)');
          }
        }
        await ingest.stop();
      };
      const drop = async () => {
        for (const before of [-25, -15, -5]) {
          for (const table of TABLES) await dropIn(database, table, T0 + before * DAY);
        }
      };
      await Promise.all([write(), write(), write(), drop()]);
      assert.deepEqual(await totals(database), { values: 3 * days * 2 * 3, rows: 3 * days * 2 });
    }));

  test('are dropped whole, or later if somebody holds what they refer to', (t) =>
    withDatabase(async (database) => {
      if (await lacks(t, database, 'hypertables')) return;
      const version = await insertVersion(database, 'm', 2);
      await insertWindows(database, version, MINUTE, [T0, T0 + DAY, T0 + DAY + HOUR]);
      await database.transaction(async (tx) => {
        await tx.query('select count(*) from series');
        await assert.rejects(dropIn(database, 'summary_1m', T0 + 5 * DAY, 20), { code: '55P03' });
      });
      assert.equal(await dropIn(database, 'summary_1m', T0 + DAY + HOUR), 1, 'the chunk around the bound stays');
      assert.deepEqual(await timesOf(database, 'summary_1m', 'window_start', version), [T0 + DAY, T0 + DAY + HOUR]);
      assert.equal(await dropIn(database, 'summary_1m', T0 + 2 * DAY), 1);
    }));
});

describe('the columnstore', () => {
  test('takes late deltas into compressed chunks: of the run that wrote them, of another, and none twice', (t) =>
    withDatabase(async (database) => {
      if (await lacks(t, database, 'columnstore')) return;
      const ingest = await ingestOf(database);
      const source = newSource();
      await ingest.take(received(makeBatch(source, 1, minutes(0, 60, 4))));
      for (const table of TABLES) await compressAll(database, table);
      const late = received(makeBatch(source, 2, minutes(10, 3, 5)));
      assert.deepEqual(await ingest.take(late), { kind: 'accepted', refusals: [] });
      assert.equal((await ingest.take(late)).kind, 'duplicate');
      const other = await ingestOf(database);
      assert.equal((await other.take(received(makeBatch(newSource(), 1, minutes(10, 1, 4))))).kind, 'accepted');
      assert.deepEqual(await totals(database), { values: 60 * 4 + 3 * 5 + 4, rows: 60 + 3 + 1 });
      const parts = await database.query(
        `select part, rev, n_valid from summary_1m join series on id = series_id
         where field = 'f0' and window_start = $1 order by part`,
        [new Date(T0 + 10 * MINUTE)],
      );
      assert.deepEqual(parts, [
        { part: 1, rev: 2, n_valid: 2 },
        { part: 2, rev: 1, n_valid: 1 },
      ]);
      // The policy compresses such a chunk again.
      for (const table of TABLES) await compressAll(database, table);
      assert.deepEqual(await totals(database), { values: 60 * 4 + 3 * 5 + 4, rows: 60 + 3 + 1 });
    }));

  test('loses nothing of what comes while chunks are compressed, by two collectors', (t) =>
    withDatabase(async (database) => {
      if (await lacks(t, database, 'columnstore')) return;
      let writing = 2;
      const write = async () => {
        const ingest = await ingestOf(database);
        const source = newSource();
        for (let i = 1; i <= 5; i++) {
          // Windows written before come again, whether or not they have been compressed since.
          const batch = received(makeBatch(source, i, minutes(i % 5, 10, 5)));
          // An agent waits before it comes again; a commit that waits for a lock gives its batches back meanwhile. One that
          // happened all the same is known when the batch comes again.
          for (let tries = 0; (await ingest.take(batch)).kind === 'retry'; tries++) {
            assert.ok(tries < 100);
            await database.query('select pg_sleep(0.2)');
          }
        }
        await ingest.stop();
        writing--;
      };
      const compress = async () => {
        // Like the policy's job it gives way to writers at times, and is tried again.
        const givesWay = (error: Error) => assert.match(error.message, /deadlock|retrying with next policy run/);
        for (let i = 0; writing > 0; i++) await compressAll(database, TABLES[i % 2] ?? '').catch(givesWay);
      };
      await Promise.all([write(), write(), compress()]);
      const all = { values: 2 * 5 * 10 * 5, rows: 2 * 5 * 10 };
      assert.deepEqual(await totals(database), all);
      for (const table of TABLES) await compressAll(database, table);
      assert.deepEqual(await totals(database), all);
    }));

  test('takes a late batch however many rows have to be unpacked for it', async (t) => {
    const store = await createTestStore();
    const setUp = await store.open();
    try {
      if (await lacks(t, setUp, 'columnstore')) return;
      const ingest = await ingestOf(setUp);
      const source = newSource();
      await ingest.take(received(makeBatch(source, 1, minutes(0, 30, 8))));
      await ingest.stop();
      for (const table of TABLES) await compressAll(setUp, table);
      const name = new URL(store.databaseUrl ?? '').pathname.slice(1);
      await setUp.query(`alter database ${name} set timescaledb.max_tuples_decompressed_per_dml_transaction = 100`);
      // The part of that run, so that every row meets one in a compressed batch of 30.
      const database = await PostgresDatabase.connect(store.databaseUrl ?? '', () => undefined);
      const parts = createIngestStore(database, 1);
      await parts.transaction(async (tx) => {
        const addresses = Array.from({ length: 8 }, (_, i) => ({ id: i + 1, widthMs: MINUTE, start: T0 }));
        const stored = await tx.loadSummaries(addresses);
        assert.equal(stored.length, 8);
        await tx.writeSummaries(stored.map((part) => ({ ...part, rev: part.rev + 1 })));
      });
      assert.deepEqual(await database.query('select count(*) as n from summary_1m where rev = 2'), [{ n: 8 }]);
      await database.close();
    } finally {
      await setUp.close();
      await store.remove();
    }
  });

  test('knows an event again that came before its chunk was compressed, and finds it by its prediction', (t) =>
    withDatabase(async (database) => {
      if (await lacks(t, database, 'columnstore')) return;
      const version = await insertVersion(database, 'm', 1);
      for (let i = 0; i < 5; i++) await insertHistory(database, version, T0 + i * HOUR);
      await database.query(`update event set prediction_id = 'p-' || extract(hour from at)`);
      await compressAll(database, 'event');
      await database.query('insert into event select * from event on conflict do nothing');
      const found = await database.query(`select at from event where model_version_id = $1 and prediction_id = 'p-3'`, [
        version,
      ]);
      assert.deepEqual(found, [{ at: T0 + 3 * HOUR }]);
      assert.equal((await timesOf(database, 'event', 'at', version)).length, 5);
      assert.deepEqual(await database.query('select count(*) as n from event'), [{ n: 5 }]);
    }));

  test('loses what belongs to a model version with it', (t) =>
    withDatabase(async (database) => {
      if (await lacks(t, database, 'columnstore')) return;
      const [gone, stays] = [await insertVersion(database, 'gone', 3), await insertVersion(database, 'stays', 3)];
      const starts = Array.from({ length: 50 }, (_, i) => T0 + i * HOUR);
      for (const version of [gone, stays]) {
        await insertWindows(database, version, MINUTE, starts);
        await insertHistory(database, version, T0);
      }
      for (const table of [...TABLES, 'event']) await compressAll(database, table);
      await database.query('delete from model_version where id = $1', [gone]);
      for (const table of TABLES) {
        assert.deepEqual(await timesOf(database, table, 'window_start', gone), [], table);
        assert.deepEqual(await timesOf(database, table, 'window_start', stays), starts, table);
      }
      assert.deepEqual(await database.query('select model_version_id as id from event'), [{ id: stays }]);
    }));

  test('gives up to retention whole chunks, and of versions with a shorter one to the row', (t) =>
    withDatabase(async (database) => {
      if (await lacks(t, database, 'columnstore')) return;
      const [short, long] = [await insertVersion(database, 'short', 7), await insertVersion(database, 'long', 7)];
      const starts = Array.from({ length: 4 * 1440 }, (_, i) => T0 + i * MINUTE);
      for (const version of [short, long]) await insertWindows(database, version, MINUTE, starts);
      for (const table of TABLES) await compressAll(database, table);
      const cut = T0 + 2.5 * DAY;
      const rules = [
        { versionIds: 'all' as const, bounds: oneBound(T0 + DAY) },
        { versionIds: [short], bounds: oneBound(cut) },
      ];
      const { chunks } = await runCleanUps(database, await planCleanUps(database, rules, Infinity));
      assert.equal(chunks, TABLES.length);
      for (const table of TABLES) {
        assert.deepEqual(
          await timesOf(database, table, 'window_start', short),
          starts.filter((at) => at >= cut),
          table,
        );
        assert.deepEqual(
          await timesOf(database, table, 'window_start', long),
          starts.filter((at) => at >= T0 + DAY),
        );
      }
      const counts = await database.query(
        'select model_version_id as id, count(*) as n from summary_1m group by 1 order by 1',
      );
      assert.deepEqual(counts, [
        { id: short, n: 7 * 1.5 * 1440 },
        { id: long, n: 7 * 3 * 1440 },
      ]);
    }));

  test('keeps rows in fewer bytes, even digests of noise', (t) =>
    withDatabase(async (database) => {
      if (await lacks(t, database, 'columnstore')) return;
      const ingest = await ingestOf(database);
      const random = seededRandom(3);
      const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      const first = Math.ceil(T0 / (30 * DAY)) * 30 * DAY;
      const source = newSource();
      for (let i = 0; i < 720; i += 180) {
        const windows = Array.from({ length: 180 }, (_, w) => ({
          start: first + (i + w) * HOUR,
          series: ['x', 'y'].map((field) => ({ field, values: Array.from({ length: 1000 }, normal) })),
        }));
        await ingest.take(received(makeBatch(source, i + 1, windows)));
      }
      const bytes = async () =>
        (await database.query<{ n: number }>(`select hypertable_size('summary_1h')::int8 as n`))[0]?.n ?? 0;
      const before = await bytes();
      await compressAll(database, 'summary_1h');
      const after = await bytes();
      t.diagnostic(`${Math.round(before / 1440)} bytes a row, compressed ${Math.round(after / 1440)}`);
      assert.ok(after < before * 0.75, `${before} bytes became ${after}`);
    }));
});
