import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { useTimescale } from '../../../collector/src/store/timescale.ts';
import { HOUR, makeBatch, newSource, received, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

describe('the window tables', () => {
  test('stay plain tables where TimescaleDB is not installed', (t) =>
    withDatabase(async (database) => {
      if (await hasExtension(database)) return t.skip('TimescaleDB is installed in this database');
      assert.equal(await useTimescale(database), 'none');
    }));

  test('are hypertables where it is, at the first start and at every later one', (t) =>
    withDatabase(async (database) => {
      if (!(await hasExtension(database)))
        return t.skip('needs DATABASE_URL of a server with TimescaleDB in template1');
      assert.equal(await useTimescale(database), 'columnstore');
      assert.equal(await useTimescale(database), 'columnstore');
      const rows = await database.query<{ name: string }>(
        'select hypertable_name as name from timescaledb_information.hypertables order by 1',
      );
      assert.deepEqual(
        rows.map(({ name }) => name),
        ['event', 'summary_1h', 'summary_1m', 'traffic_1h', 'traffic_1m'],
      );
    }));

  test('take late deltas into windows of any chunk, once', (t) =>
    withDatabase(async (database) => {
      if (!(await hasExtension(database)))
        return t.skip('needs DATABASE_URL of a server with TimescaleDB in template1');
      const ingest = new Ingest(
        createIngestStore(database, await registerCollector(database, randomUUID(), 't')),
        () => undefined,
      );
      const source = newSource();
      const windows = [0, 40, 80].map((days) => ({ start: T0 + days * 24 * HOUR, series: [{ values: [1, 2] }] }));
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
      const chunks = await database.query<{ n: number }>(
        `select num_chunks as n from timescaledb_information.hypertables where hypertable_name = 'summary_1h'`,
      );
      assert.ok((chunks[0]?.n ?? 0) >= 3, `${chunks[0]?.n} chunks of 30 days`);
    }));
});

async function hasExtension(database: Database): Promise<boolean> {
  return (await database.query(`select 1 from pg_extension where extname = 'timescaledb'`)).length > 0;
}
