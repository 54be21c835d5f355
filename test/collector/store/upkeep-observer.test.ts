import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../../collector/src/log.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { Retention } from '../../../collector/src/store/retention.ts';
import { observeUpkeep, type UpkeepReport } from '../../../collector/src/store/upkeep-observer.ts';
import { HOUR, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

test('every run of retention is told: what it deleted, or how it failed', (t) =>
  withDatabase(async (database) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    await database.query(`insert into model_version (project_id, model, version) values (1, 'm', '1')`);
    await database.query(
      `insert into traffic_1h (model_version_id, window_start, part, rev, n_rows, n_errors)
       select 1, $1::timestamptz, i, 1, 1, 0 from generate_series(1, 3) as i`,
      [new Date(T0)],
    );
    const reports: UpkeepReport[] = [];
    let isAway = false;
    const flaky: Database = {
      ...database,
      query: (sql, values) => (isAway ? Promise.reject(new Error('away')) : database.query(sql, values)),
    };
    const observer = (report: UpkeepReport) => void reports.push(report);
    const retention = new Retention(flaky, () => T0 + HOUR, createLog('silent'), observer);
    retention.start();
    t.mock.timers.tick(HOUR);
    await retention.stop();
    isAway = true;
    retention.start();
    t.mock.timers.tick(HOUR);
    await retention.stop();
    const told = reports.map(({ task, rows, durationMs, error }) => {
      assert.ok(durationMs >= 0);
      return [task, rows, error instanceof Error ? error.message : error];
    });
    assert.deepEqual(told, [
      ['retention', 3, null],
      ['retention', 0, 'away'],
    ]);
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
