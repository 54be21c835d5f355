import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pino } from 'pino';
import type { Database } from '../../../collector/src/store/database.ts';
import { Retention } from '../../../collector/src/store/retention.ts';
import { HOUR, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';
import { insertVersion, insertWindows, timesOf } from '../../support/stored-rows.ts';

const DAY = 24 * HOUR;
const MINUTE = 60_000;
const KEPT = { minutes: 14 * DAY, hours: 400 * DAY, days: Infinity, events: 30 * DAY };

/** A retention that lives at `time.now` (ms), and the lines that it logs. */
function retentionAt(time: { now: number }) {
  const lines: { msg: string; rows?: number; chunks?: number }[] = [];
  const now = () => time.now;
  const retention = new Retention({
    keptFor: KEPT,
    clock: { now },
    wallClock: { now },
    monotonicNow: now,
    log: pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) }),
  });
  return { retention, lines };
}

/** Lets it do what is due. @returns steps. */
async function turn(retention: Retention, database: Database): Promise<number> {
  let steps = 1;
  while (await database.session((session) => retention.step(session))) steps++;
  return steps;
}

const left = (database: Database, table: string, version: number) => timesOf(database, table, 'window_start', version);

describe('retention', () => {
  test('deletes once an hour what has gone past it since, a day after it is no longer taken', () =>
    withDatabase(async (database) => {
      const version = await insertVersion(database, 'm', 1);
      await insertWindows(database, version, MINUTE, [T0, T0 + 3 * DAY]);
      await insertWindows(database, version, HOUR, [T0]);
      const time = { now: T0 + 15 * DAY };
      const { retention, lines } = retentionAt(time);
      await turn(retention, database);
      assert.equal((await left(database, 'summary_1m', version)).length, 2);
      time.now = T0 + 16 * DAY - 1;
      await turn(retention, database);
      assert.equal((await left(database, 'summary_1m', version)).length, 2);
      time.now = T0 + 16 * DAY + HOUR - 2;
      assert.equal(await turn(retention, database), 1, 'the hour is not over');
      time.now = T0 + 16 * DAY + HOUR - 1;
      await turn(retention, database);
      assert.deepEqual(await left(database, 'summary_1m', version), [T0 + 3 * DAY]);
      assert.deepEqual(await left(database, 'summary_1h', version), [T0]);
      assert.deepEqual(
        lines.map(({ msg, rows = 0, chunks = 0 }) => [msg, rows + chunks]),
        [['deleted what is past its retention', 2]],
      );
    }));

  test('waits for the roll-up of what it would delete', () =>
    withDatabase(async (database) => {
      const version = await insertVersion(database, 'm', 1);
      await insertWindows(database, version, MINUTE, [T0, T0 + DAY, T0 + 2 * DAY]);
      await database.query(
        `insert into rollup_dirty (model_version_id, bucket, width_s, part) values ($1, $2, 3600, 1)`,
        [version, new Date(T0 + DAY + 5 * HOUR)],
      );
      const time = { now: T0 + 100 * DAY };
      const { retention } = retentionAt(time);
      await turn(retention, database);
      assert.deepEqual(await left(database, 'summary_1m', version), [T0 + DAY, T0 + 2 * DAY]);
      await database.query('delete from rollup_dirty');
      time.now += HOUR;
      await turn(retention, database);
      assert.deepEqual(await left(database, 'summary_1m', version), []);
    }));

  test('goes by the project of a model version where that keeps things for another time', () =>
    withDatabase(async (database) => {
      await database.query(
        `insert into project (id, name, retention) values (2, 'short', '{"minutes": "2d"}'), (3, 'long', '{"minutes": "60d"}')`,
      );
      const versions = [1, 2, 3].map((project) => insertVersion(database, 'm', 2, project));
      const [usual, short, long] = (await Promise.all(versions)) as [number, number, number];
      const starts = [T0, T0 + 60 * DAY, T0 + 90 * DAY, T0 + 98 * DAY];
      for (const version of [usual, short, long]) await insertWindows(database, version, MINUTE, starts);
      const { retention } = retentionAt({ now: T0 + 100 * DAY });
      await turn(retention, database);
      assert.deepEqual(await left(database, 'summary_1m', usual), starts.slice(2));
      assert.deepEqual(await left(database, 'traffic_1m', short), starts.slice(3));
      assert.deepEqual(await left(database, 'summary_1m', short), starts.slice(3));
      assert.deepEqual(await left(database, 'summary_1m', long), starts.slice(1));
    }));

  test('lets other duties have their turn, and goes on where it was', () =>
    withDatabase(async (database) => {
      await database.query(`insert into project (id, name, retention) values (2, 'short', '{"minutes": "1d"}')`);
      const version = await insertVersion(database, 'm', 40, 2);
      await insertWindows(database, version, MINUTE, [T0, T0 + DAY]);
      const time = { now: T0 + 10 * DAY };
      const { retention } = retentionAt(time);
      const steps: number[] = [];
      while ((await left(database, 'summary_1m', version)).length > 0) {
        let n = 1;
        for (; await database.session((session) => retention.step(session)); n++) time.now += 500;
        steps.push(n);
        time.now += 1_000;
      }
      assert.ok(steps.length > 2 && steps.every((n) => n <= 5), `${steps}`);
    }));

  test('deletes nothing while there is no time of the data, or where a project says what cannot be read', () =>
    withDatabase(async (database) => {
      const version = await insertVersion(database, 'm', 1);
      await insertWindows(database, version, MINUTE, [T0]);
      await turn(retentionAt({ now: -Infinity }).retention, database);
      await database.query(`update project set retention = '{"minutes": "a while"}'`);
      const { retention } = retentionAt({ now: T0 + 100 * DAY });
      await assert.rejects(turn(retention, database), /retention of project default: .* got minutes: .*'a while'/);
      await database.query(`update project set retention = '{}'`);
      assert.deepEqual(await left(database, 'summary_1m', version), [T0]);
    }));
});
