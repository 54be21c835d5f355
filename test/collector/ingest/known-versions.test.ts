import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { KnownVersions } from '../../../collector/src/ingest/known-versions.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { HOUR, makeBatch, newSource, received, T0 } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

const learnt = (ids: [string, number][], spans: [number, { from: number; to: number }][] = []) => {
  return { ids: new Map(ids), spans: new Map(spans) };
};

describe('versions that are known', () => {
  test('have their ids until everything is forgotten', () => {
    const known = new KnownVersions();
    known.adopt(learnt([['a', 1]]));
    assert.deepEqual([known.idOf('a'), known.idOf('b')], [1, undefined]);
    known.forget();
    assert.equal(known.idOf('a'), undefined);
  });

  test('are seen in the span of all commits, and what reaches beyond it has to be stored', () => {
    const known = new KnownVersions();
    const span = { from: 10, to: 20 };
    assert.deepEqual(known.beyond(new Map([[1, span]])), new Map([[1, span]]));
    known.adopt(learnt([], [[1, span]]));
    assert.equal(known.beyond(new Map([[1, { from: 12, to: 20 }]])).size, 0);
    for (const wider of [
      { from: 9, to: 20 },
      { from: 10, to: 21 },
    ])
      assert.equal(known.beyond(new Map([[1, wider]])).size, 1);
    known.adopt(learnt([], [[1, { from: 30, to: 40 }]]));
    assert.equal(known.beyond(new Map([[1, { from: 10, to: 40 }]])).size, 0);
    known.forget();
    assert.equal(known.beyond(new Map([[1, span]])).size, 1);
  });

  test('are remembered up to the bound', () => {
    const known = new KnownVersions(2);
    for (const id of [1, 2, 3]) known.adopt(learnt([[`v${id}`, id]], [[id, { from: 0, to: 1 }]]));
    assert.deepEqual(
      ['v1', 'v2', 'v3'].map((key) => known.idOf(key)),
      [undefined, 2, 3],
    );
    assert.equal(known.beyond(new Map([1, 2, 3].map((id) => [id, { from: 0, to: 1 }]))).size, 1);
  });
});

describe('ingest of versions that are known', () => {
  test('asks for them once, and keeps the whole span in which each was seen', () =>
    withDatabase(async (database) => {
      const asked: string[] = [];
      const store = createIngestStore(database, await registerCollector(database, randomUUID(), 'test'));
      const ingest = new Ingest(
        {
          ...store,
          naming: (work) =>
            store.naming((tx) =>
              work({
                ...tx,
                findVersions: (versions) => {
                  asked.push(...versions.map(({ model }) => model));
                  return tx.findVersions(versions);
                },
              }),
            ),
        },
        () => undefined,
      );
      const source = newSource();
      for (const [i, hour] of [5, 5, 3, 9, 4].entries()) {
        const batch = makeBatch(source, i + 1, [{ start: T0 + hour * HOUR, series: [{ values: [1] }] }]);
        assert.deepEqual(await ingest.take(received(batch)), { kind: 'accepted', refusals: [] });
      }
      assert.deepEqual(asked, ['m']);
      const again = makeBatch(source, 1, [{ model: 'other', start: T0, series: [{ values: [1] }] }]);
      assert.equal((await ingest.take(received(again))).kind, 'duplicate');
      assert.deepEqual(asked, ['m'], 'what is known to be committed names nothing');
      assert.equal((await database.query('select 1 from model_version')).length, 1);
      assert.deepEqual(await database.query('select first_window, last_window from model_version'), [
        { first_window: T0 + 3 * HOUR, last_window: T0 + 10 * HOUR },
      ]);
    }));

  test('finds out where one was deleted: the version is made anew where it is described, else refused', () =>
    withDatabase(async (database) => {
      const store = createIngestStore(database, await registerCollector(database, randomUUID(), 'test'));
      const ingest = new Ingest(store, () => undefined);
      const source = newSource();
      const batch = (sequence: number) => makeBatch(source, sequence, [{ series: [{ values: [1, 2] }] }]);
      await ingest.take(received(batch(1)));
      await database.query('delete from model_version');
      const undescribed = batch(2);
      undescribed.modelVersions = [];
      const outcome = await ingest.take(received(undescribed));
      assert.ok(outcome.kind === 'accepted');
      assert.deepEqual(
        outcome.refusals.map(({ code, rows }) => [code, rows]),
        [['unknown_model_version', 2]],
      );
      assert.deepEqual(await ingest.take(received(batch(3))), { kind: 'accepted', refusals: [] });
      assert.deepEqual(await database.query('select n_rows as rows from traffic_1h'), [{ rows: 2 }]);
      assert.deepEqual(await database.query('select first_window from model_version'), [{ first_window: T0 }]);
    }));
});
