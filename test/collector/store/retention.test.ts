import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Database } from '../../../collector/src/store/database.ts';
import { deleteExpired } from '../../../collector/src/store/retention.ts';
import { HOUR, T0 } from '../../support/batches.ts';
import { createTestStore, withDatabase } from '../../support/database.ts';

async function insertTraffic(database: Database, start: number, rows: number): Promise<void> {
  await database.query(
    `insert into traffic_1h (model_version_id, window_start, part, rev, n_rows, n_errors)
     select 1, $1::timestamptz + make_interval(mins => i), i, 1, 1, 0 from generate_series(1, $2::int) as i`,
    [new Date(start), rows],
  );
}

const startsLeft = async (database: Database, table: string, column: string) =>
  (await database.query<{ at: number }>(`select distinct ${column} as at from ${table} order by 1`)).map(
    ({ at }) => at,
  );

describe('retention', () => {
  test('deletes windows, scores, events, outcomes and batch ids that are past it, and keeps the rest', () =>
    withDatabase(async (database) => {
      await database.query(`insert into model_version (project_id, model, version) values (1, 'm', '1')`);
      for (const start of [T0, T0 + 10 * HOUR]) {
        await insertTraffic(database, start, 3);
        await database.query(
          `insert into score (fingerprint, tick, model_version_id, alertname, measure, health, samples, span_from)
           values ('f', $1, 1, 'a', 'psi', 'ok', 1, $1)`,
          [new Date(start)],
        );
        await database.query(
          `insert into event (model_version_id, at, source, sequence, ordinal, stratum, weight, slice, latency_ms, failed, values, violations)
           values (1, $1, gen_random_uuid(), 1, 0, 'sample', 1, '', 1, false, '{}', '[]')`,
          [new Date(start)],
        );
        await database.query(
          `insert into outcome (model_version_id, prediction_id, field, number, at) values (1, $2, 'delay', 1, $1)`,
          [new Date(start), `p-${start}`],
        );
      }
      await database.query(
        `insert into ingest_batch (project_id, source, seq, received_at) values (1, gen_random_uuid(), 1, now()), (1, gen_random_uuid(), 2, now() - interval '17 days')`,
      );
      assert.equal(await deleteExpired(database, T0 + HOUR), 3 + 1 + 1 + 1 + 1);
      assert.deepEqual(await startsLeft(database, 'score', 'tick'), [T0 + 10 * HOUR]);
      assert.deepEqual(await startsLeft(database, 'event', 'at'), [T0 + 10 * HOUR]);
      assert.deepEqual(await startsLeft(database, 'outcome', 'at'), [T0 + 10 * HOUR]);
      assert.equal((await startsLeft(database, 'traffic_1h', 'window_start'))[0], T0 + 10 * HOUR + 60_000);
    }));

  test('takes nothing from the other partitions of a partitioned table, as hypertables are', async () => {
    const store = await createTestStore();
    const database = await store.open();
    try {
      await database.query(`insert into model_version (project_id, model, version) values (1, 'm', '1')`);
      await database.query('alter table traffic_1h rename to traffic_plain');
      await database.query('create table traffic_1h (like traffic_plain) partition by range (window_start)');
      const month = (number: number) => `'2001-0${number}-01T00:00:00Z'`;
      for (const [number, name] of ['january', 'february'].entries()) {
        await database.query(
          `create table ${name} partition of traffic_1h for values from (${month(number + 1)}) to (${month(number + 2)})`,
        );
      }
      await insertTraffic(database, T0, 5);
      await insertTraffic(database, Date.UTC(2001, 1, 1), 5);
      await deleteExpired(database, Date.UTC(2001, 1, 1));
      assert.deepEqual(await database.query('select count(*) as left from traffic_1h'), [{ left: 5 }]);
    } finally {
      await database.close();
      await store.remove();
    }
  });
});
