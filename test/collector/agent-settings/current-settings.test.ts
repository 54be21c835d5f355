import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CurrentSettings } from '../../../collector/src/agent-settings/current-settings.ts';
import type { SettingsStore } from '../../../collector/src/agent-settings/settings-store.ts';
import { createLog } from '../../../collector/src/log.ts';
import { createSettingsStore } from '../../../collector/src/store/agent-settings.ts';
import { ensureVersion } from '../../../collector/src/store/models.ts';
import { withDatabase } from '../../support/database.ts';

const LOG = createLog('silent');
const settings = { bounds: [{ stage: 'feature', field: 'x', max: 1 }] };

describe('the current settings', () => {
  test('are those of the store at the start, and follow what is changed here and elsewhere', () =>
    withDatabase(async (database) => {
      const versionId = await ensureVersion(database, 'm', '1');
      const other = new CurrentSettings(createSettingsStore(database), LOG);
      await other.change({ versionId, expected: 0, settings, changedBy: 'other' });
      const current = new CurrentSettings(createSettingsStore(database), LOG);
      assert.equal(current.of('m', '1'), undefined);
      await current.start();
      assert.deepEqual(current.of('m', '1')?.settings, settings);
      await current.change({ versionId, expected: 1, settings: { bounds: [], eventShare: 0.5 }, changedBy: 'here' });
      assert.partialDeepStrictEqual(current.of('m', '1'), { revision: 2, changedBy: 'here', settings: { bounds: [] } });
      assert.equal(other.of('m', '1')?.revision, 1);
      await other.refresh();
      assert.equal(other.of('m', '1')?.revision, 2);
      await current.stop();
      await other.stop();
    }));

  test('stay what they were while the store is away, and are read when it is back', async () => {
    let isAway = true;
    const named = { model: 'm', version: '1', revision: 1, changedAt: 0, changedBy: 'x', settings };
    const store: SettingsStore = {
      newerThan: async (revision) => {
        if (isAway) throw new Error('the database is away');
        return revision < 1 ? [named] : [];
      },
      current: async () => null,
      change: async () => ({ kind: 'unknown' }),
    };
    const current = new CurrentSettings(store, LOG);
    await current.start();
    assert.equal(current.of('m', '1'), undefined);
    isAway = false;
    await current.refresh();
    assert.equal(current.of('m', '1'), named);
    isAway = true;
    await current.refresh();
    assert.equal(current.of('m', '1'), named);
    await current.stop();
    await current.stop();
  });
});
