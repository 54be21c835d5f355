import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planCleanUps } from '../../../collector/src/store/clean-ups.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { LEVELS } from '../../../collector/src/store/levels.ts';
import type { RetentionRule } from '../../../collector/src/store/retention-rules.ts';
import { listHypertables } from '../../../collector/src/store/timescale.ts';
import { HOUR, oneBound, T0 } from '../../support/batches.ts';
import { createTestStore, withDatabase } from '../../support/database.ts';
import { seededRandom } from '../../support/random.ts';
import { insertHistory, insertVersion, insertWindows, runCleanUps, timesOf } from '../../support/stored-rows.ts';

const MINUTE = 60_000;
const DAY = 24 * HOUR;
/** Far enough apart for chunks of a year. */
const OLD = T0;
const BOUND = T0 + 400 * DAY;
const NEW = T0 + 800 * DAY;
const HISTORY = [
  ['event', 'at'],
  ['outcome', 'at'],
  ['score', 'tick'],
  ['alert_event', 'tick'],
] as const;

async function deleteExpired(database: Database, rules: readonly RetentionRule[], pending = Infinity) {
  return runCleanUps(database, await planCleanUps(database, rules, pending));
}

const all = (bounds: RetentionRule['bounds']): RetentionRule[] => [{ versionIds: 'all', bounds }];

async function startsOf(database: Database, versionId: number): Promise<number[][]> {
  const tables = LEVELS.flatMap(({ summaries, traffic }) => [summaries, traffic]);
  return Promise.all(tables.map((table) => timesOf(database, table, 'window_start', versionId)));
}

describe('what is past its retention', () => {
  test('goes from every table, and the rest stays', () =>
    withDatabase(async (database) => {
      const version = await insertVersion(database, 'm', 3);
      for (const at of [OLD, NEW]) {
        await insertHistory(database, version, at);
        for (const { widthMs } of LEVELS) await insertWindows(database, version, widthMs, [at, at + widthMs]);
      }
      const { rows, chunks } = await deleteExpired(database, all(oneBound(BOUND)));
      const hypertables = (await listHypertables(database)).size;
      if (hypertables > 0) assert.deepEqual([rows, chunks], [3, hypertables]);
      else assert.deepEqual([rows, chunks], [LEVELS.length * 2 * (3 + 1) + 4, 0]);
      for (const [i, { widthMs }] of LEVELS.entries()) {
        const starts = await startsOf(database, version);
        assert.deepEqual(starts.slice(2 * i, 2 * i + 2), [
          [NEW, NEW + widthMs],
          [NEW, NEW + widthMs],
        ]);
      }
      for (const [table, time] of HISTORY)
        assert.deepEqual(await timesOf(database, table, time, version), [NEW], table);
    }));

  test('goes by a bound of its own for every level, and for events', () =>
    withDatabase(async (database) => {
      const version = await insertVersion(database, 'm', 1);
      await insertHistory(database, version, OLD);
      await insertWindows(database, version, MINUTE, [OLD]);
      await insertWindows(database, version, HOUR, [OLD]);
      const left = async () => [
        (await timesOf(database, 'summary_1m', 'window_start', version)).length,
        (await timesOf(database, 'summary_1h', 'window_start', version)).length,
        (await timesOf(database, 'event', 'at', version)).length,
        (await timesOf(database, 'outcome', 'at', version)).length,
      ];
      const never = oneBound(-Infinity);
      assert.deepEqual(await deleteExpired(database, all(never)), { rows: 0, chunks: 0 });
      assert.deepEqual(await left(), [1, 1, 1, 1]);
      await deleteExpired(database, all({ ...never, minutes: BOUND }));
      assert.deepEqual(await left(), [0, 1, 1, 1]);
      await deleteExpired(database, all({ ...never, events: BOUND }));
      assert.deepEqual(await left(), [0, 1, 0, 1]);
      await deleteExpired(database, all({ ...never, hours: BOUND }));
      assert.deepEqual(await left(), [0, 0, 0, 0]);
    }));

  test('stays while it waits to be rolled up, and so does what is younger', () =>
    withDatabase(async (database) => {
      const version = await insertVersion(database, 'm', 2);
      await insertWindows(database, version, MINUTE, [OLD, OLD + 40 * DAY, OLD + 80 * DAY]);
      await deleteExpired(database, all(oneBound(BOUND)), OLD + 40 * DAY);
      const younger = [OLD + 40 * DAY, OLD + 80 * DAY];
      assert.deepEqual((await startsOf(database, version)).slice(0, 2), [younger, younger]);
      await deleteExpired(database, all(oneBound(BOUND)));
      assert.deepEqual((await startsOf(database, version)).slice(0, 2), [[], []]);
    }));

  test('goes to the row for versions that are kept for less than the others', () =>
    withDatabase(async (database) => {
      const short = await insertVersion(database, 'short', 8);
      const other = await insertVersion(database, 'other', 8);
      const minutes = Array.from({ length: 1500 }, (_, i) => OLD + i * MINUTE);
      const cut = OLD + 1443 * MINUTE;
      for (const version of [short, other]) {
        await insertWindows(database, version, MINUTE, minutes);
        await insertHistory(database, version, OLD);
        await insertHistory(database, version, NEW);
      }
      const rules: RetentionRule[] = [
        { versionIds: 'all', bounds: oneBound(OLD) },
        { versionIds: [short], bounds: { ...oneBound(BOUND), minutes: cut } },
      ];
      await deleteExpired(database, rules);
      const rest = minutes.slice(1443);
      assert.deepEqual((await startsOf(database, short)).slice(0, 2), [rest, rest]);
      assert.deepEqual((await startsOf(database, other)).slice(0, 2), [minutes, minutes]);
      const series = await database.query('select count(*) as n from summary_1m where model_version_id = $1', [short]);
      assert.deepEqual(series, [{ n: rest.length * 8 }]);
      for (const [table, time] of HISTORY) {
        assert.deepEqual(await timesOf(database, table, time, short), [NEW], table);
        assert.deepEqual(await timesOf(database, table, time, other), [OLD, NEW], table);
      }
    }));

  test('stays where it led to an alert that is still open', () =>
    withDatabase(async (database) => {
      const version = await insertVersion(database, 'm', 1);
      await insertHistory(database, version, OLD);
      await database.query(
        `insert into alert (fingerprint, model_version_id, group_name, alertname, labels, state, machine, tick)
         select fingerprint, $1, 'g', 'a', '{}', 'firing', '{}', $2 from alert_event`,
        [version, new Date(OLD)],
      );
      await deleteExpired(database, all(oneBound(BOUND)));
      assert.deepEqual(await timesOf(database, 'alert_event', 'tick', version), [OLD]);
      await database.query(`update alert set state = 'inactive'`);
      await deleteExpired(database, all(oneBound(BOUND)));
      assert.deepEqual(await timesOf(database, 'alert_event', 'tick', version), []);
    }));

  test('never takes along what is at its bound or younger, or waits to be rolled up, whatever the bounds are', () =>
    withDatabase(async (database) => {
      const random = seededRandom(17);
      const versions = [await insertVersion(database, 'a', 2), await insertVersion(database, 'b', 3)];
      const plain = (await listHypertables(database)).size === 0;
      for (let round = 0; round < 4; round++) {
        for (const { summaries, traffic } of LEVELS) await database.query(`truncate ${summaries}, ${traffic}`);
        const starts = Array.from({ length: 20 }, () => Math.floor((random() * 90 * DAY) / HOUR) * HOUR + T0);
        const unique = [...new Set(starts)].sort((a, b) => a - b);
        for (const version of versions) {
          for (const { widthMs } of LEVELS) await insertWindows(database, version, widthMs, unique);
        }
        const anyTime = () => T0 + Math.floor((random() * 90 * DAY) / HOUR) * HOUR;
        const pending = random() < 0.3 ? Infinity : anyTime();
        const bounds = () => ({ minutes: anyTime(), hours: anyTime(), days: anyTime(), events: anyTime() });
        const rules: RetentionRule[] = [
          { versionIds: 'all', bounds: bounds() },
          { versionIds: [versions[0]!], bounds: bounds() },
        ];
        await deleteExpired(database, rules, pending);
        for (const [v, version] of versions.entries()) {
          const left = await startsOf(database, version);
          for (const [i, { widthMs }] of LEVELS.entries()) {
            const kept = widthMs === MINUTE ? 'minutes' : widthMs === HOUR ? 'hours' : 'days';
            const own = v === 0 ? Math.max(...rules.map((rule) => rule.bounds[kept])) : rules[0]!.bounds[kept];
            // Days wait for nothing.
            const bound = kept === 'days' ? own : Math.min(own, pending);
            for (const found of left.slice(2 * i, 2 * i + 2)) {
              const mustStay = unique.filter((start) => start >= bound);
              assert.deepEqual(found.slice(-mustStay.length || found.length), mustStay, `round ${round}, ${kept}`);
              // Of a chunk that only begins before the bound everything stays.
              if (plain) assert.deepEqual(found, mustStay, `round ${round}, ${kept}`);
            }
          }
        }
      }
    }));

  test('takes nothing from the other partitions of a partitioned table', async () => {
    const store = await createTestStore();
    const database = await store.open();
    try {
      const version = await insertVersion(database, 'm', 1);
      await database.query('alter table outcome rename to outcome_plain');
      await database.query('create table outcome (like outcome_plain including defaults) partition by range (at)');
      for (const [i, name] of ['january', 'february'].entries()) {
        const month = (number: number) => `'2001-0${number}-01T00:00:00Z'`;
        await database.query(
          `create table ${name} partition of outcome for values from (${month(i + 1)}) to (${month(i + 2)})`,
        );
        for (let day = 1; day <= 5; day++) await insertHistory(database, version, Date.UTC(2001, i, day));
      }
      await deleteExpired(database, all(oneBound(Date.UTC(2001, 1, 1))));
      assert.equal((await timesOf(database, 'outcome', 'at', version)).length, 5);
    } finally {
      await database.close();
      await store.remove();
    }
  });
});
