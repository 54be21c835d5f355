import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CurrentSettings } from '../../../collector/src/agent-settings/current-settings.ts';
import type { SettingsStore } from '../../../collector/src/agent-settings/settings-store.ts';
import { createLog } from '../../../collector/src/log.ts';
import { createSettingsStore } from '../../../collector/src/store/agent-settings.ts';
import { ensureVersion } from '../../../collector/src/store/models.ts';
import { PROJECT } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';
import { lifecycleSuite } from '../../support/lifecycle.ts';

const LOG = createLog('silent');
const settings = { bounds: [{ stage: 'feature', field: 'x', max: 1 }] };

lifecycleSuite('the current settings', {
  make: () =>
    new CurrentSettings(
      { newerThan: async () => [], current: async () => null, change: async () => ({ kind: 'unknown' }) },
      LOG,
    ),
});

describe('the current settings', () => {
  test('are those of the store at the start, and follow what is changed here and elsewhere', () =>
    withDatabase(async (database) => {
      const versionId = await ensureVersion(database, PROJECT, 'm', '1');
      const other = new CurrentSettings(createSettingsStore(database), LOG);
      await other.change({ projectId: PROJECT, versionId, expected: 0, settings, changedBy: 'other' });
      const current = new CurrentSettings(createSettingsStore(database), LOG);
      assert.equal(current.of(PROJECT, 'm', '1'), undefined);
      await current.start();
      assert.deepEqual(current.of(PROJECT, 'm', '1')?.settings, settings);
      await current.change({
        projectId: PROJECT,
        versionId,
        expected: 1,
        settings: { bounds: [], eventShare: 0.5 },
        changedBy: 'here',
      });
      assert.partialDeepStrictEqual(current.of(PROJECT, 'm', '1'), {
        revision: 2,
        changedBy: 'here',
        settings: { bounds: [] },
      });
      assert.equal(other.of(PROJECT, 'm', '1')?.revision, 1);
      await other.refresh();
      assert.equal(other.of(PROJECT, 'm', '1')?.revision, 2);
      await current.stop();
      await other.stop();
    }));

  test('are looked for every ten seconds, but not while an answer is waited for', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const answers: PromiseWithResolvers<never[]>[] = [];
    const current = new CurrentSettings(
      {
        newerThan: () => {
          answers.push(Promise.withResolvers());
          return answers.at(-1)?.promise ?? Promise.resolve([]);
        },
        current: async () => null,
        change: async () => ({ kind: 'unknown' }),
      },
      LOG,
    );
    const settle = async (count: number) => {
      while (answers.length < count) await new Promise((resolve) => setImmediate(resolve));
      answers.at(-1)?.resolve([]);
      await new Promise((resolve) => setImmediate(resolve));
    };
    const started = current.start();
    await settle(1);
    await started;
    t.mock.timers.tick(9_999);
    assert.equal(answers.length, 1);
    t.mock.timers.tick(30_001);
    await settle(2);
    assert.equal(answers.length, 2, 'one question for three ticks');
    t.mock.timers.tick(10_000);
    await settle(3);
    await current.stop();
    t.mock.timers.tick(100_000);
    assert.equal(answers.length, 3);
  });

  test('stay what they were while the store is away, and are read when it is back', async () => {
    let isAway = true;
    const named = { projectId: PROJECT, model: 'm', version: '1', revision: 1, changedAt: 0, changedBy: 'x', settings };
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
    assert.equal(current.of(PROJECT, 'm', '1'), undefined);
    isAway = false;
    await current.refresh();
    assert.equal(current.of(PROJECT, 'm', '1'), named);
    isAway = true;
    await current.refresh();
    assert.equal(current.of(PROJECT, 'm', '1'), named);
    await current.stop();
    await current.stop();
  });
});
