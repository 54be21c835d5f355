import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deleteLate, moveFrontier, noteLateWindows, selectLate } from '../../../collector/src/store/late-data.ts';
import { ensureVersion } from '../../../collector/src/store/models.ts';
import { markForRollUp } from '../../../collector/src/store/rollup-marks.ts';
import { HOUR, PROJECT, T0 } from '../../support/batches.ts';
import { SERVER_URL, withDatabase } from '../../support/database.ts';

const PART = 1;
const window = (versionId: number, hour: number) => ({
  projectId: PROJECT,
  versionId,
  widthMs: HOUR,
  start: T0 + hour * HOUR,
});

describe('late windows', () => {
  test('are those that end at or before a tick that was begun; the oldest counts', () =>
    withDatabase(async (database) => {
      const id = await ensureVersion(database, PROJECT, 'm', '1');
      await database.transaction((tx) => noteLateWindows(tx, PART, [window(id, 0)]));
      assert.equal(await selectLate(database, PROJECT, 0), null);
      await moveFrontier(database, PROJECT, T0 + 5 * HOUR);
      await moveFrontier(database, PROJECT, T0 + 4 * HOUR);
      await database.transaction((tx) => noteLateWindows(tx, PART, [window(id, 5)]));
      assert.equal(await selectLate(database, PROJECT, 0), null);
      await database.transaction((tx) => noteLateWindows(tx, PART, [window(id, 4), window(id, 3), window(id, 6)]));
      await database.transaction((tx) => noteLateWindows(tx, PART + 1, [window(id, 4)]));
      assert.equal((await selectLate(database, PROJECT, 0))?.since, T0 + 3 * HOUR);
      assert.equal(await selectLate(database, PROJECT, 3_600_000), null);
    }));

  test('that come while others are being judged again stay marked', () =>
    withDatabase(async (database) => {
      const id = await ensureVersion(database, PROJECT, 'm', '1');
      await moveFrontier(database, PROJECT, T0 + 5 * HOUR);
      await database.transaction((tx) => noteLateWindows(tx, PART, [window(id, 3)]));
      await database.transaction((tx) => noteLateWindows(tx, PART + 1, [window(id, 3)]));
      const seen = await selectLate(database, PROJECT, 0);
      await database.transaction((tx) => noteLateWindows(tx, PART, [window(id, 4)]));
      await deleteLate(database, PROJECT, seen!);
      assert.deepEqual(
        (await selectLate(database, PROJECT, 0))?.marks.map(({ part }) => part),
        [PART],
      );
    }));

  test(
    'are never missed between their commit and a tick: who begins to judge waits for them',
    {
      skip: SERVER_URL === undefined && 'the embedded database has one session, so nothing runs beside a commit',
    },
    () =>
      withDatabase(async (database) => {
        const id = await ensureVersion(database, PROJECT, 'm', '1');
        await moveFrontier(database, PROJECT, T0);
        const written = Promise.withResolvers<void>();
        const commit = Promise.withResolvers<void>();
        const writing = database.transaction(async (tx) => {
          await markForRollUp(tx, PART, [window(id, 0)]);
          await noteLateWindows(tx, PART, [window(id, 0)]);
          written.resolve();
          await commit.promise;
        });
        await written.promise;
        let isBegun = false;
        const begun = moveFrontier(database, PROJECT, T0 + HOUR).then(() => {
          isBegun = true;
        });
        const isWaiting = async () =>
          (
            await database.query(
              `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%judging_frontier%'`,
            )
          ).length > 0;
        for (let i = 0; i < 1_000 && !(await isWaiting()); i++);
        assert.ok(await isWaiting());
        assert.equal(isBegun, false);
        commit.resolve();
        await Promise.all([writing, begun]);
        // What was committed before the tick began is seen by it, and so not late; what comes now is.
        assert.equal(await selectLate(database, PROJECT, 0), null);
        await database.transaction((tx) => noteLateWindows(tx, PART, [window(id, 0)]));
        assert.equal((await selectLate(database, PROJECT, 0))?.since, T0);
      }),
  );
});
