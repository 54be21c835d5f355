import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ensureVersion } from '../../../../collector/src/store/models.ts';
import { PROJECT } from '../../../support/batches.ts';
import { withDatabase } from '../../../support/database.ts';
import { type Ask, withApi } from '../running-api.ts';

const SETTINGS = {
  bounds: [
    { stage: 'feature', field: 'distance', min: 0, max: 5000 },
    { stage: 'input', field: 'origin', values: ['ATL', 'true', '5'] },
  ],
  confidenceFloor: 0.5,
  eventShare: 0,
};

function withVersion(work: (ask: Ask) => Promise<void>): Promise<void> {
  return withDatabase(async (database) => {
    await ensureVersion(database, PROJECT, 'm', '1');
    await withApi(database, work);
  });
}

describe('the API of settings', () => {
  test('answers what was put, as it was put', () =>
    withVersion(async (ask) => {
      assert.deepEqual(await ask('/api/v1/models/1/settings'), {
        status: 200,
        body: { revision: 0, changed_at: null, changed_by: null, settings: { bounds: [] } },
      });
      const put = await ask('/api/v1/models/1/settings', 'PUT', { revision: 0, settings: SETTINGS, changedBy: 'ann' });
      assert.equal(put.status, 200);
      assert.partialDeepStrictEqual(put.body, { revision: 1, changed_by: 'ann', settings: SETTINGS });
      assert.deepEqual(await ask('/api/v1/models/1/settings'), put);
      const again = await ask('/api/v1/models/1/settings', 'PUT', { revision: 1, settings: {} });
      assert.partialDeepStrictEqual(again.body, { revision: 2, changed_by: 'api', settings: { bounds: [] } });
      assert.ok(!('eventShare' in (again.body as { settings: object }).settings), 'they are replaced as a whole');
    }));

  test('refuses a change by who has not seen the last one', () =>
    withVersion(async (ask) => {
      await ask('/api/v1/models/1/settings', 'PUT', { revision: 0, settings: SETTINGS });
      for (const revision of [0, 2]) {
        const { status, body } = await ask('/api/v1/models/1/settings', 'PUT', { revision, settings: {} });
        assert.equal(status, 409);
        assert.partialDeepStrictEqual(body, { error: 'conflict', revision: 1 });
      }
      assert.partialDeepStrictEqual((await ask('/api/v1/models/1/settings')).body, { settings: SETTINGS });
      const nowhere = await ask('/api/v1/models/9/settings', 'PUT', { revision: 0, settings: {} });
      assert.equal(nowhere.status, 404);
    }));

  test('tells every mistake at once and changes nothing', () =>
    withVersion(async (ask) => {
      const { status, body } = await ask('/api/v1/models/1/settings', 'PUT', {
        settings: {
          bounds: [
            { stage: 'feature', field: 'x', min: 2, max: 1 },
            { stage: 'features', field: 'x', min: 1 },
            { stage: 'feature', field: 'x', max: 1 },
            { stage: 'feature', field: 'y', max: '1' },
            { stage: 'feature', field: 'z' },
          ],
          eventShare: 1.5,
        },
        reversion: 0,
      });
      assert.equal(status, 400);
      const { mistakes } = body as { mistakes: { path: (string | number)[] }[] };
      assert.deepEqual(mistakes.map(({ path }) => path.join('.')).sort(), [
        '',
        'reversion',
        'settings.bounds.0',
        'settings.bounds.1',
        'settings.bounds.2',
        'settings.bounds.3.max',
        'settings.bounds.4',
        'settings.eventShare',
      ]);
      for (const bad of ['null', '[]', '5', { revision: 0, settings: null }, { revision: -1, settings: {} }]) {
        assert.equal((await ask('/api/v1/models/1/settings', 'PUT', bad)).status, 400, JSON.stringify(bad));
      }
      assert.partialDeepStrictEqual((await ask('/api/v1/models/1/settings')).body, { revision: 0 });
    }));
});
