import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { ModelVersion } from '@tidemark/proto';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { makeBatch, newSource, received } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

/** Ingest of a store that is its own or not, and how often it stored what is said of versions. */
async function startIngest(database: Database, isOurs: boolean) {
  const store = createIngestStore(database, await registerCollector(database, randomUUID(), 'test'));
  const count = { described: 0 };
  const ingest = new Ingest(
    {
      ...store,
      isOurs,
      naming: (work) =>
        store.naming((tx) =>
          work({
            ...tx,
            describeVersions(versions) {
              count.described += 1;
              return tx.describeVersions(versions);
            },
          }),
        ),
    },
    () => undefined,
  );
  const say = async (said: Partial<ModelVersion>) => {
    const batch = makeBatch(newSource(), 1, [{ series: [{ values: [1] }] }]);
    const modelVersions = batch.modelVersions.map((version) => ({ ...version, ...said }));
    return (await ingest.take(received({ ...batch, modelVersions }))).kind;
  };
  return { count, say };
}

async function commitOf(database: Database): Promise<string | null | undefined> {
  const rows = await database.query<{ git_commit: string | null }>('select git_commit from model_version');
  return rows[0]?.git_commit;
}

describe('what agents say of a model version with every connection', () => {
  test('is stored once where nobody else can have said anything, and every time elsewhere', () =>
    withDatabase(async (database) => {
      for (const [isOurs, times] of [
        [true, 1],
        [false, 3],
      ] as const) {
        const { count, say } = await startIngest(database, isOurs);
        for (let i = 0; i < 3; i++) assert.equal(await say({ gitCommit: 'a' }), 'accepted');
        assert.equal(count.described, times);
      }
    }));

  test('is what was said last, also where it is what had been said before', () =>
    withDatabase(async (database) => {
      const { say } = await startIngest(database, true);
      for (const gitCommit of ['a', 'b', 'a', 'a', 'c', 'b']) {
        await say({ gitCommit });
        assert.equal(await commitOf(database), gitCommit);
      }
    }));

  test('is stored anew where the version was deleted meanwhile', () =>
    withDatabase(async (database) => {
      const { say } = await startIngest(database, true);
      await say({ gitCommit: 'a' });
      await database.query('delete from model_version');
      // The first finds out; an agent sends again what was not kept.
      const kinds = [await say({ gitCommit: 'a' }), await say({ gitCommit: 'a' })];
      assert.equal(kinds[1], 'accepted');
      assert.equal(await commitOf(database), 'a');
    }));
});
