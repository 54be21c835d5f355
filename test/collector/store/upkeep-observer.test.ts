import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageOf } from '../../../collector/src/errors.ts';
import { createLog } from '../../../collector/src/log.ts';
import { Retention } from '../../../collector/src/store/retention.ts';
import { listHypertables } from '../../../collector/src/store/timescale.ts';
import { observeUpkeep, type UpkeepReport } from '../../../collector/src/store/upkeep-observer.ts';
import { HOUR, oneBound, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';
import { insertHistory, insertVersion } from '../../support/stored-rows.ts';

const DAY = 24 * HOUR;

test('every step of retention is told: what it deleted, or how it failed', () =>
  withDatabase(async (database) => {
    const version = await insertVersion(database, 'm', 0);
    await insertHistory(database, version, T0);
    const reports: UpkeepReport[] = [];
    const time = { now: T0 + 30 * DAY };
    const now = () => time.now;
    const retention = new Retention({
      keptFor: oneBound(DAY),
      clock: { now },
      wallClock: { now },
      monotonicNow: now,
      log: createLog('silent'),
      observer: (report) => void reports.push(report),
    });
    while (await database.session((session) => retention.step(session)));
    assert.ok(reports.length > 0 && reports.every(({ task, error }) => task === 'retention' && error === null));
    const rows = reports.reduce((sum, report) => sum + report.rows, 0);
    // Where events are in chunks, they went with theirs.
    assert.equal(rows, (await listHypertables(database)).has('event') ? 3 : 4);
    assert.ok(reports.every(({ durationMs }) => durationMs >= 0));
    reports.length = 0;
    time.now += HOUR;
    const away = { query: () => Promise.reject(new Error('away')) };
    await assert.rejects(retention.step(away), /away/);
    assert.deepEqual(
      reports.map((report) => [report.task, report.rows, messageOf(report.error)]),
      [['retention', 0, 'away']],
    );
  }));

test('a run that found nothing to do is not told', async () => {
  const reports: UpkeepReport[] = [];
  const observer = (report: UpkeepReport) => void reports.push(report);
  const rowsOf = (isMade: boolean) => (isMade ? 1 : null);
  assert.equal(await observeUpkeep(observer, 'rollup', async () => false, rowsOf), false);
  assert.deepEqual(reports, []);
  assert.equal(await observeUpkeep(observer, 'rollup', async () => true, rowsOf), true);
  await assert.rejects(
    observeUpkeep(observer, 'rollup', () => Promise.reject<boolean>(new Error('away')), rowsOf),
    /away/,
  );
  assert.deepEqual(
    reports.map(({ task, rows, error }) => [task, rows, error === null]),
    [
      ['rollup', 1, true],
      ['rollup', 0, false],
    ],
  );
});
