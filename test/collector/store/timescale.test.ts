import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Database } from '../../../collector/src/store/database.ts';
import { LEVELS } from '../../../collector/src/store/levels.ts';
import { listHypertables, useTimescale } from '../../../collector/src/store/timescale.ts';
import { LAYOUTS } from '../../../collector/src/store/timescale-layout.ts';
import { HOUR, T0 } from '../../support/batches.ts';
import { createTestStore, withDatabase } from '../../support/database.ts';
import { insertHistory, insertVersion, insertWindows, timesOf } from '../../support/stored-rows.ts';
import { chunksOf, lacks, timescaleOf } from '../../support/timescale.ts';

const DAY = 24 * HOUR;

type Shape = { table: string; chunk: string; segmentby: string | null; orderby: string | null; after: string | null };

/** How TimescaleDB says that it keeps our tables. */
function shapesOf(database: Database): Promise<Shape[]> {
  return database.query<Shape>(
    `select d.hypertable_name::text as table, d.time_interval::text as chunk, c.segmentby, c.orderby, j.config->>'compress_after' as after
     from timescaledb_information.dimensions d
     left join timescaledb_information.hypertable_columnstore_settings c on c.hypertable = d.hypertable_name::text::regclass
     left join timescaledb_information.jobs j on j.hypertable_name = d.hypertable_name and j.proc_name = 'policy_compression'
     order by d.hypertable_name::text collate "C"`,
  );
}

/** What `LAYOUTS` says they should be. */
function expectedShapes(columnstore: boolean): Shape[] {
  const days = (n: number) => (n === 1 ? '1 day' : `${n} days`);
  return [...LAYOUTS]
    .sort((a, b) => (a.table < b.table ? -1 : 1))
    .map(({ table, chunkDays, segmentBy, orderBy, compressAfterDays }) => ({
      table,
      chunk: days(chunkDays),
      segmentby: columnstore ? segmentBy : null,
      orderby: columnstore ? orderBy : null,
      after: columnstore ? days(compressAfterDays) : null,
    }));
}

/** Runs `work` on a migrated database on which no collector has been started. */
async function withBareDatabase(t: TestContext, work: (database: Database, other: Database) => Promise<void>) {
  const store = await createTestStore({ chunks: false });
  const database = await store.open();
  try {
    if (await lacks(t, database, 'hypertables')) return;
    const other = await store.open();
    await work(database, other).finally(() => other.close());
  } finally {
    await database.close();
    await store.remove();
  }
}

describe('the tables that grow with time', () => {
  test('stay plain where TimescaleDB is not installed', (t) =>
    withDatabase(async (database) => {
      if ((await timescaleOf(database)) !== 'none') return t.skip('TimescaleDB is installed in this database');
      assert.equal(await useTimescale(database), 'none');
      assert.deepEqual(await listHypertables(database), new Set());
    }));

  test('have their chunks, and under the Timescale licence the columnstore and its policy', (t) =>
    withDatabase(async (database) => {
      if (await lacks(t, database, 'hypertables')) return;
      const offered = await timescaleOf(database);
      assert.equal(await useTimescale(database), offered);
      assert.deepEqual(await shapesOf(database), expectedShapes(offered === 'columnstore'));
      assert.deepEqual(await listHypertables(database), new Set(LAYOUTS.map(({ table }) => table)));
    }));

  test('are left alone by a start that finds them as they should be, also while others use them', (t) =>
    withDatabase(async (database) => {
      if (await lacks(t, database, 'hypertables')) return;
      await database.transaction(async (tx) => {
        // Any change of a table would wait for this.
        for (const { table } of LAYOUTS) await tx.query(`lock table ${table} in access share mode`);
        await useTimescale(database);
      });
    }));

  test('get what a later program wants where they were laid out otherwise', (t) =>
    withDatabase(async (database) => {
      if (await lacks(t, database, 'hypertables')) return;
      const columnstore = (await timescaleOf(database)) === 'columnstore';
      await database.query(`select set_chunk_time_interval('summary_1m', interval '3 hours')`);
      if (columnstore) {
        await database.query(`call remove_columnstore_policy('summary_1h')`);
        await database.query(`call add_columnstore_policy('summary_1h', after => interval '90 days')`);
        await database.query(`call remove_columnstore_policy('traffic_1m')`);
        await database.query(`alter table event set (timescaledb.orderby = 'at,sequence')`);
      }
      await useTimescale(database);
      assert.deepEqual(await shapesOf(database), expectedShapes(columnstore));
    }));

  test('are laid out once when two collectors start at the same time', (t) =>
    withBareDatabase(t, async (database, other) => {
      const both = await Promise.all([useTimescale(database), useTimescale(other)]);
      const offered = await timescaleOf(database);
      assert.deepEqual(both, [offered, offered]);
      assert.deepEqual(await shapesOf(database), expectedShapes(offered === 'columnstore'));
    }));

  test('take along what they held before TimescaleDB was there', (t) =>
    withBareDatabase(t, async (database) => {
      const version = await insertVersion(database, 'm', 2);
      const starts = [T0, T0 + 40 * DAY, T0 + 80 * DAY];
      for (const { widthMs } of LEVELS) await insertWindows(database, version, widthMs, starts);
      await insertHistory(database, version, T0);
      await useTimescale(database);
      for (const { summaries, traffic } of LEVELS) {
        for (const table of [summaries, traffic]) {
          assert.deepEqual(await timesOf(database, table, 'window_start', version), starts, table);
        }
      }
      assert.deepEqual(await timesOf(database, 'event', 'at', version), [T0]);
      assert.equal((await chunksOf(database, 'summary_1m')).all, 3);
    }));

  test('stay plain where moving what they hold would keep everybody waiting, and the log says what to do', (t) =>
    withBareDatabase(t, async (database) => {
      const version = await insertVersion(database, 'm', 2);
      await insertWindows(database, version, HOUR, [T0]);
      const lines: string[] = [];
      await useTimescale(database, { warn: (line: string) => lines.push(line) }, 8_192);
      const plain = ['summary_1h', 'traffic_1h'].filter((table) => lines.some((line) => line.startsWith(table)));
      assert.ok(plain.includes('summary_1h'), lines.join('\n'));
      const hypertables = await listHypertables(database);
      assert.deepEqual(
        LAYOUTS.map(({ table }) => table).filter((table) => !hypertables.has(table)),
        plain,
      );
      assert.deepEqual(await timesOf(database, 'summary_1h', 'window_start', version), [T0]);
      for (const line of lines) await database.query(line.slice(line.indexOf('select create_hypertable'), -1));
      assert.equal(await useTimescale(database), await timescaleOf(database));
      assert.equal((await listHypertables(database)).size, LAYOUTS.length, 'after what the log said');
    }));
});
