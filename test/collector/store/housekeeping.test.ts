import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Database } from '../../../collector/src/store/database.ts';
import { planHousekeeping } from '../../../collector/src/store/housekeeping.ts';
import { HOUR, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';
import { insertVersion, insertWindows, runCleanUps } from '../../support/stored-rows.ts';

const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 2, 10);
const BEFORE = NOW - 400 * DAY;
const OLD = new Date(BEFORE - 1);
const YOUNG = new Date(BEFORE);

const tidyUp = async (database: Database, before: number, now: number) =>
  (await runCleanUps(database, planHousekeeping(before, now))).rows;

async function insertAgent(database: Database, lastSeen: Date, versionId: number): Promise<void> {
  const rows = await database.query<{ source: string }>(
    `insert into agent (project_id, source, service, host, pid, agent_version, last_seen) values (1, gen_random_uuid(), 's', 'h', 1, '0', $1)
     returning source::text`,
    [lastSeen],
  );
  const source = rows[0]?.source ?? '';
  await database.query(`insert into agent_health values ($1::text::uuid, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, $2, 1)`, [
    source,
    lastSeen,
  ]);
  await database.query(
    `insert into loss (model_version_id, source, reason, n_rows, last_at) values ($1, $2::text::uuid, 'r', 1, $3)`,
    [versionId, source, lastSeen],
  );
}

async function insertDelivery(
  database: Database,
  versionId: number,
  state: string,
  done: Date | null,
  fingerprint: string,
) {
  await database.query(
    `insert into delivery (model_version_id, receiver, dedup_key, fingerprint, episode, kind, message, state, created_at, done_at)
     values ($1, gen_random_uuid(), 'k', $4, 1, 'firing', '{}', $2, $5, $3)`,
    [versionId, state, done, fingerprint, OLD],
  );
}

const count = async (database: Database, table: string) =>
  (await database.query<{ n: number }>(`select count(*) as n from ${table}`))[0]?.n;

describe('tidying up', () => {
  test('forgets agents that were not heard of for long, what they said and what they lost', () =>
    withDatabase(async (database) => {
      const version = await insertVersion(database, 'm', 1);
      await insertAgent(database, OLD, version);
      await insertAgent(database, YOUNG, version);
      assert.equal(await tidyUp(database, BEFORE, NOW), 2);
      const left = [
        await count(database, 'agent'),
        await count(database, 'agent_health'),
        await count(database, 'loss'),
      ];
      assert.deepEqual(left, [1, 1, 1]);
      assert.equal(await tidyUp(database, -Infinity, NOW), 0);
    }));

  test('forgets deliveries that were done long ago, but none that is due or of an alert that is open', () =>
    withDatabase(async (database) => {
      const version = await insertVersion(database, 'm', 1);
      await database.query(
        `insert into alert (fingerprint, model_version_id, group_name, alertname, labels, state, machine, tick)
         values ('open', $1, 'g', 'a', '{}', 'firing', '{}', $2)`,
        [version, OLD],
      );
      await insertDelivery(database, version, 'sent', OLD, 'closed');
      await insertDelivery(database, version, 'refused', OLD, 'closed');
      await insertDelivery(database, version, 'sent', YOUNG, 'closed');
      await insertDelivery(database, version, 'due', null, 'closed');
      await insertDelivery(database, version, 'sent', OLD, 'open');
      assert.equal(await tidyUp(database, BEFORE, NOW), 2);
      const left = await database.query(`select fingerprint, state, done_at from delivery order by fingerprint, state`);
      assert.deepEqual(left, [
        { fingerprint: 'closed', state: 'due', done_at: null },
        { fingerprint: 'closed', state: 'sent', done_at: YOUNG.getTime() },
        { fingerprint: 'open', state: 'sent', done_at: OLD.getTime() },
      ]);
    }));

  test('forgets runs of the collector of which no window is left', () =>
    withDatabase(async (database) => {
      const version = await insertVersion(database, 'm', 1);
      for (const started of [OLD, OLD, OLD, YOUNG]) {
        await database.query(`insert into collector (boot_id, host, started_at) values (gen_random_uuid(), 'h', $1)`, [
          started,
        ]);
      }
      await insertWindows(database, version, HOUR, [T0], 1);
      await insertWindows(database, version, 60_000, [T0], 2);
      assert.equal(await tidyUp(database, BEFORE, NOW), 1);
      const left = await database.query<{ id: number }>('select id from collector order by id');
      assert.deepEqual(
        left.map(({ id }) => id),
        [1, 2, 4],
      );
    }));

  test('forgets ids of batches that no agent may send again', () =>
    withDatabase(async (database) => {
      for (const days of [15, 17]) {
        await database.query(
          `insert into ingest_batch (project_id, source, seq, received_at) values (1, gen_random_uuid(), $1, $2)`,
          [days, new Date(NOW - days * DAY)],
        );
      }
      assert.equal(await tidyUp(database, -Infinity, NOW), 1);
      assert.deepEqual(await database.query('select seq from ingest_batch'), [{ seq: 15 }]);
    }));
});
