import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pino } from 'pino';
import { KnownRetention } from '../../../collector/src/store/known-retention.ts';
import { listProjectsKept, listVersionsKept } from '../../../collector/src/store/project-retention.ts';
import { HOUR } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';
import { insertVersion } from '../../support/stored-rows.ts';

const DAY = 24 * HOUR;
const KEPT = { minutes: 14 * DAY, hours: 400 * DAY, days: Infinity, events: 30 * DAY };

describe('the retention of a project', () => {
  test('is the collector’s but for what it says itself, minutes and events within its hours', () =>
    withDatabase(async (database) => {
      assert.deepEqual(await listProjectsKept(database, KEPT), new Map());
      await database.query(
        `insert into project (id, name, retention) values
           (2, 'a', '{"minutes": "2d", "days": "5y"}'), (3, 'b', '{"hours": "10d"}'), (4, 'c', '{"events": "forever"}'), (5, 'd', '{}')`,
      );
      assert.deepEqual(
        await listProjectsKept(database, KEPT),
        new Map([
          [2, { ...KEPT, minutes: 2 * DAY, days: 5 * 365 * DAY }],
          [3, { ...KEPT, minutes: 10 * DAY, hours: 10 * DAY, events: 10 * DAY }],
          [4, { ...KEPT, events: 400 * DAY }],
        ]),
      );
    }));

  test('is that of its model versions, and then every version is named', () =>
    withDatabase(async (database) => {
      const usual = [await insertVersion(database, 'a', 1), await insertVersion(database, 'b', 1)];
      assert.deepEqual(await listVersionsKept(database, KEPT), []);
      await database.query(`insert into project (id, name, retention) values (2, 'a', '{"minutes": "2d"}')`);
      const own = [await insertVersion(database, 'a', 1, 2)];
      assert.deepEqual(await listVersionsKept(database, KEPT), [
        { versionIds: usual, keptFor: KEPT },
        { versionIds: own, keptFor: { ...KEPT, minutes: 2 * DAY } },
      ]);
    }));

  for (const [stored, what] of [
    ['{"minute": "2d"}', /project default: expected .* got minute: "2d"/],
    ['{"minutes": 2}', /got minutes: 2/],
    ['{"minutes": "2 days"}', /got minutes: .*'2 days'/],
  ] as const) {
    test(`that says ${stored} is refused by name`, () =>
      withDatabase(async (database) => {
        await database.query('update project set retention = $1::text::jsonb', [stored]);
        try {
          await assert.rejects(listProjectsKept(database, KEPT), { code: 'CONFIG_INVALID', message: what });
        } finally {
          await database.query(`update project set retention = '{}'`);
        }
      }));
  }

  test('is known within half a minute of its change, and stays known where the next one cannot be read', (t) =>
    withDatabase(async (database) => {
      t.mock.timers.enable({ apis: ['setInterval'] });
      const lines: string[] = [];
      const known = new KnownRetention(database, KEPT, pino({}, { write: (line: string) => lines.push(line) }));
      await known.start();
      assert.deepEqual(known.of(1), KEPT);
      const changed = async (retention: string) => {
        await database.query('update project set retention = $1::text::jsonb', [retention]);
        t.mock.timers.tick(30_000);
        await known.stop();
        await known.start();
      };
      await changed('{"minutes": "2d"}');
      assert.equal(known.of(1).minutes, 2 * DAY);
      assert.equal(known.of(2).minutes, 14 * DAY);
      await changed('{"minutes": 7}');
      assert.equal(known.of(1).minutes, 2 * DAY);
      assert.match(lines.join(), /how long projects keep what cannot be read/);
      await database.query(`update project set retention = '{}'`);
      await known.stop();
    }));
});
