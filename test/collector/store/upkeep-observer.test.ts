import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../../collector/src/log.ts';
import { Retention } from '../../../collector/src/store/retention.ts';
import type { UpkeepReport } from '../../../collector/src/store/upkeep-observer.ts';
import { HOUR, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

test('every run of retention is told: what it deleted, or how it failed', (t) =>
  withDatabase(async (database) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    await database.query(`insert into model_version (model, version) values ('m', '1')`);
    await database.query(
      `insert into traffic_1h (model_version_id, window_start, part, rev, n_rows, n_errors)
       select 1, $1::timestamptz, i, 1, 1, 0 from generate_series(1, 3) as i`,
      [new Date(T0)],
    );
    let now = T0 + HOUR;
    const reports: UpkeepReport[] = [];
    const oldest = () => {
      if (Number.isNaN(now)) throw new Error('no clock');
      return now;
    };
    const retention = new Retention(database, oldest, createLog('silent'), (report) => void reports.push(report));
    retention.start();
    t.mock.timers.tick(HOUR);
    await retention.stop();
    now = Number.NaN;
    retention.start();
    t.mock.timers.tick(HOUR);
    await retention.stop();
    const told = reports.map(({ task, rows, durationMs, error }) => {
      assert.ok(durationMs >= 0);
      return [task, rows, error instanceof Error ? error.message : error];
    });
    assert.deepEqual(told, [
      ['retention', 3, null],
      ['retention', 0, 'no clock'],
    ]);
  }));
