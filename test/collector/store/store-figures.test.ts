import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AlertMessage } from '../../../collector/src/alerting/alert.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { enqueueDeliveries } from '../../../collector/src/store/deliveries.ts';
import { ensureVersion } from '../../../collector/src/store/models.ts';
import { ensureSeries } from '../../../collector/src/store/series.ts';
import { readStoreFigures } from '../../../collector/src/store/store-figures.ts';
import { withDatabase } from '../../support/database.ts';

async function addAlert(database: Database, versionId: number, fingerprint: string, state: string): Promise<void> {
  await database.query(
    `insert into alert (fingerprint, model_version_id, group_name, alertname, labels, state, machine, tick)
     values ($1, $2, 'g', 'A', '{}', $3, '{}', now())`,
    [fingerprint, versionId, state],
  );
}

const BUDGETS = { maxSeries: 4, maxVersions: 2 };

describe('what an operator asks of the store', () => {
  test('is nothing on an empty one', () =>
    withDatabase(async (database) => {
      assert.deepEqual(await readStoreFigures(database, BUDGETS), {
        agents: 0,
        alerts: { pending: 0, firing: 0, recovering: 0, resolved: 0 },
        dueDeliveries: 0,
        oldestDueMs: 0,
        used: { series: 0, versions: 0 },
      });
    }));

  test('is agents heard of lately, alerts by state, and deliveries that are still to be made', () =>
    withDatabase(async (database) => {
      for (const [i, age] of ['1 second', '119 seconds', '3 minutes'].entries()) {
        await database.query(
          `insert into agent (project_id, source, service, host, pid, agent_version, last_seen)
           values (1, $1, 's', 'h', 1, '0', now() - $2::text::interval)`,
          [`00000000-0000-0000-0000-00000000000${i}`, age],
        );
      }
      const versionId = await ensureVersion(database, 1, 'm', '1');
      for (const [i, state] of ['firing', 'firing', 'pending', 'inactive'].entries()) {
        await addAlert(database, versionId, `f${i}`, state);
      }
      const due = (fingerprint: string) => {
        const message = { fingerprint, episode: 1, kind: 'firing' } as AlertMessage;
        return { versionId, receiver: 'r', dedupKey: fingerprint, message };
      };
      await enqueueDeliveries(database, [due('f0')], Date.now() - 60_000);
      await enqueueDeliveries(database, [due('f1')], Date.now());
      await database.query(`update delivery set state = 'sent' where fingerprint = 'f1'`);
      const { oldestDueMs, ...figures } = await readStoreFigures(database, BUDGETS);
      assert.deepEqual(figures, {
        agents: 2,
        alerts: { pending: 1, firing: 2, recovering: 0, resolved: 0 },
        dueDeliveries: 1,
        used: { series: 0, versions: 0.5 },
      });
      assert.ok(oldestDueMs > 55_000 && oldestDueMs < 120_000, `${oldestDueMs}`);
    }));

  test('is how full budgets are, where they are fullest', () =>
    withDatabase(async (database) => {
      const first = await ensureVersion(database, 1, 'm', '1');
      const second = await ensureVersion(database, 1, 'm', '2');
      await ensureVersion(database, 1, 'other', '1');
      const series = (versionId: number, field: string) =>
        ({ versionId, stage: 'feature', field, slice: '', kind: 'number' }) as const;
      await ensureSeries(database, [series(first, 'x'), ...['x', 'y', 'z'].map((field) => series(second, field))]);
      const { used } = await readStoreFigures(database, BUDGETS);
      assert.deepEqual(used, { series: 0.75, versions: 1 });
    }));
});
