import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createSettingsStore } from '../../../collector/src/store/agent-settings.ts';
import { ensureVersion } from '../../../collector/src/store/models.ts';
import { PROJECT } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

const boundedBy = (max: number) => ({ bounds: [{ stage: 'feature', field: 'x', max }] });

describe('the store of settings', () => {
  test('keeps every change and answers the newest of each version', () =>
    withDatabase(async (database) => {
      const store = createSettingsStore(database);
      const one = await ensureVersion(database, PROJECT, 'm', '1');
      const other = await ensureVersion(database, PROJECT, 'm', '2');
      const change = (versionId: number, expected: number, max: number) =>
        store.change({ projectId: PROJECT, versionId, expected, settings: boundedBy(max), changedBy: 'test' });
      assert.partialDeepStrictEqual(await store.current(PROJECT, one), { revision: 0, settings: { bounds: [] } });
      for (const [versionId, expected, max] of [
        [one, 0, 1],
        [other, 0, 2],
        [one, 1, 3],
      ] as const) {
        assert.equal((await change(versionId, expected, max)).kind, 'stored');
      }
      assert.partialDeepStrictEqual(await store.current(PROJECT, one), {
        revision: 3,
        changedBy: 'test',
        settings: boundedBy(3),
      });
      const names = async (revision: number) =>
        (await store.newerThan(revision)).map((each) => `${each.version} at ${each.revision}`).sort();
      assert.deepEqual(await names(0), ['1 at 3', '2 at 2']);
      assert.deepEqual(await names(2), ['1 at 3']);
      assert.deepEqual(await names(3), []);
      assert.equal((await database.query('select 1 from agent_settings')).length, 3);
    }));

  test('makes a change only where nobody was quicker', () =>
    withDatabase(async (database) => {
      const store = createSettingsStore(database);
      const versionId = await ensureVersion(database, PROJECT, 'm', '1');
      const results = await Promise.all(
        [1, 2, 3, 4].map((max) =>
          store.change({ projectId: PROJECT, versionId, expected: 0, settings: boundedBy(max), changedBy: 'test' }),
        ),
      );
      assert.deepEqual(results.map(({ kind }) => kind).sort(), ['conflict', 'conflict', 'conflict', 'stored']);
      for (const result of results) if (result.kind === 'conflict') assert.equal(result.revision, 1);
    }));

  test('knows no settings of a version that is not there', () =>
    withDatabase(async (database) => {
      const store = createSettingsStore(database);
      assert.equal(await store.current(PROJECT, 9), null);
      const change = { projectId: PROJECT, versionId: 9, expected: 0, settings: { bounds: [] }, changedBy: 'test' };
      assert.deepEqual(await store.change(change), { kind: 'unknown' });
    }));
});
