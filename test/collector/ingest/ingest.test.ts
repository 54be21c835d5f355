import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import type { IngestStore } from '../../../collector/src/ingest/ingest-store.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { StoreJudgingSource } from '../../../collector/src/store/judging-source.ts';
import { HOUR, makeBatch, newSource, PROJECT, received, T0 } from '../../support/batches.ts';
import { SERVER_URL, withDatabase } from '../../support/database.ts';
import { batchWith } from './sample-events.ts';

async function startIngest(database: Database, wrap = (store: IngestStore) => store): Promise<Ingest> {
  const part = await registerCollector(database, randomUUID(), 'test');
  return new Ingest(wrap(createIngestStore(database, part)), () => undefined);
}

/** Everything kept of the first version of model m, over all time: rows, and valid values of its one series. */
async function totals(database: Database): Promise<{ rows: number; errors: number; valid: number; mean: number }> {
  const source = new StoreJudgingSource(database, PROJECT);
  const [version] = await source.versions('m');
  assert.ok(version);
  const { rows, errors } = await source.traffic(version.id, 0, T0 + 1000 * HOUR);
  const [series] = await source.series(version.id);
  const spans = await source.spans(series ? [series.id] : [], 0, T0 + 1000 * HOUR);
  const summary = series && spans.get(series.id);
  return { rows, errors, valid: summary?.kinds.valid ?? 0, mean: summary?.moments.mean ?? Number.NaN };
}

const window = (values: readonly number[], start = T0) => ({ start, series: [{ values }] });

/** Ingest whose next so many commits give way to another transaction. */
async function ingestThatGivesWay(database: Database, conflicts: number) {
  const state = { conflicts };
  const ingest = await startIngest(database, (store) => ({
    ...store,
    transaction: (work) =>
      store.transaction(async (tx) => {
        const answer = await work(tx);
        if (state.conflicts-- > 0) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
        return answer;
      }),
  }));
  return { ingest, state };
}

describe('ingest', () => {
  test('adds the deltas of a window that come in several batches', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const source = newSource();
      for (let sequence = 1; sequence <= 5; sequence++) {
        const outcome = await ingest.take(received(makeBatch(source, sequence, [window([sequence, sequence + 1])])));
        assert.deepEqual(outcome, { kind: 'accepted', refusals: [] });
      }
      assert.deepEqual(await totals(database), { rows: 10, errors: 0, valid: 10, mean: 3.5 });
      const stored = await database.query('select * from summary_1h');
      assert.equal(stored.length, 1, 'one row for a series and window, however many batches brought it');
    }));

  test('takes an empty window for word that nothing was served, which makes no version older or younger', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const source = newSource();
      await ingest.take(received(makeBatch(source, 1, [window([1, 2])])));
      const store = new StoreJudgingSource(database, PROJECT);
      const [before] = await store.versions('m');
      await ingest.take(received(makeBatch(source, 2, [{ start: T0 + 5 * HOUR, rows: 0, series: [] }])));
      assert.deepEqual(await store.versions('m'), [before]);
      assert.deepEqual(await store.traffic(before!.id, T0 + 5 * HOUR, T0 + 6 * HOUR), {
        rows: 0,
        errors: 0,
        windows: 1,
      });
      assert.deepEqual(await store.traffic(before!.id, T0 + HOUR, T0 + 5 * HOUR), { rows: 0, errors: 0, windows: 0 });
      assert.deepEqual(await totals(database), { rows: 2, errors: 0, valid: 2, mean: 1.5 });
    }));

  test('counts a batch once, also when it comes twice in one group or from a second collector', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const other = await startIngest(database);
      const batch = makeBatch(newSource(), 1, [window([1, 2, 3])]);
      const outcomes = await Promise.all([
        ingest.take(received(batch)),
        ingest.take(received(batch)),
        other.take(received(batch)),
      ]);
      outcomes.push(await ingest.take(received(batch)));
      assert.deepEqual(outcomes.map(({ kind }) => kind).sort(), ['accepted', 'duplicate', 'duplicate', 'duplicate']);
      assert.equal((await totals(database)).rows, 3);
    }));

  test('counts the batches of two agents with one boot id in two projects each where it belongs', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      await database.query(`insert into project (id, name) values (2, 'other')`);
      const twin = newSource();
      const send = (projectId: number, values: readonly number[]) =>
        ingest.take(received(makeBatch(twin, 1, [window(values)]), projectId));
      const outcomes = await Promise.all([send(PROJECT, [1]), send(2, [1, 2]), send(PROJECT, [7, 8, 9])]);
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['accepted', 'accepted', 'duplicate'],
      );
      const rows = await database.query(
        `select project_id, sum(n_rows)::int8 as rows from traffic_1h join model_version v on v.id = model_version_id
         group by project_id order by project_id`,
      );
      assert.deepEqual(rows, [
        { project_id: 1, rows: 1 },
        { project_id: 2, rows: 2 },
      ]);
    }));

  test('keeps the parts of two collectors apart and reads them together', () =>
    withDatabase(async (database) => {
      const [first, second] = [await startIngest(database), await startIngest(database)];
      const source = newSource();
      await Promise.all([
        first.take(received(makeBatch(source, 1, [window([1, 1])]))),
        second.take(received(makeBatch(source, 2, [window([4])]))),
      ]);
      assert.deepEqual(await totals(database), { rows: 3, errors: 0, valid: 3, mean: 2 });
      assert.equal((await database.query('select * from summary_1h')).length, 2);
    }));

  test('loses nothing when a transaction fails, before or after its commit', () =>
    withDatabase(async (database) => {
      let fail: readonly [transaction: 'names' | 'rows', when: 'before' | 'after'] | undefined;
      const failing = async <T>(which: 'names' | 'rows', run: (end: () => void) => Promise<T>): Promise<T> => {
        const when = fail?.[0] === which ? fail[1] : undefined;
        if (when !== undefined) fail = undefined;
        const result = await run(() => {
          if (when === 'before') throw new Error('the connection broke before the commit');
        });
        if (when === 'after') throw new Error('the connection broke before the answer to the commit');
        return result;
      };
      const ingest = await startIngest(database, (store) => ({
        ...store,
        transaction: (work) => failing('rows', (end) => store.transaction((tx) => work(tx).finally(end))),
        naming: (work) => failing('names', (end) => store.naming((tx) => work(tx).finally(end))),
      }));
      const source = newSource();
      await ingest.take(received(makeBatch(source, 1, [window([1])])));
      for (const [sequence, ...where] of [
        [2, 'rows', 'before'],
        [3, 'rows', 'after'],
        [4, 'names', 'before'],
        [5, 'names', 'after'],
      ] as const) {
        fail = where;
        const batch = makeBatch(source, sequence, [window([sequence])]);
        // Something new is said of the version each time, so that there is something to store of names.
        for (const version of batch.modelVersions) version.gitCommit = String(sequence);
        assert.equal((await ingest.take(received(batch))).kind, 'retry');
        assert.equal(fail, undefined, 'it has failed');
        const isStored = where[0] === 'rows' && where[1] === 'after';
        assert.equal((await ingest.take(received(batch))).kind, isStored ? 'duplicate' : 'accepted');
      }
      await ingest.take(received(makeBatch(source, 6, [window([6])])));
      assert.deepEqual(await totals(database), { rows: 6, errors: 0, valid: 6, mean: 3.5 });
    }));

  test('finds out that a batch came again whatever else is in its commit, and counts the others', () =>
    withDatabase(async (database) => {
      // Another collector has taken the first batch; this one knows nothing of it.
      const [other, ingest] = [await startIngest(database), await startIngest(database)];
      const [agent, stranger] = [newSource(), newSource()];
      await other.take(received(makeBatch(agent, 1, [window([1, 2])])));
      const again = makeBatch(agent, 1, [window([1, 2])]);
      const outcomes = await Promise.all(
        [again, again, makeBatch(stranger, 1, [window([3])]), makeBatch(agent, 2, [window([4])])].map((batch) =>
          ingest.take(received(batch)),
        ),
      );
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        ['duplicate', 'duplicate', 'accepted', 'accepted'],
      );
      assert.equal(ingest.openParts.summaries, 1);
      assert.equal((await ingest.take(received(makeBatch(agent, 2, [window([4])])))).kind, 'duplicate');
      assert.equal(ingest.openParts.summaries, 1, 'what it knows to have taken it does not merge again');
      await ingest.take(received(makeBatch(agent, 3, [window([5])])));
      assert.deepEqual(await totals(database), { rows: 5, errors: 0, valid: 5, mean: 3 });
    }));

  test('commits models of their own at the same time, and when one fails the other is whole', async (t) => {
    if (SERVER_URL === undefined) return t.skip('the embedded database has one session');
    await withDatabase(async (database) => {
      const held = Promise.withResolvers<void>();
      let transactions = 0;
      let inHand = 0;
      let most = 0;
      const ingest = await startIngest(database, (store) => ({
        ...store,
        transaction: (work) =>
          store.transaction(async (tx) => {
            const isFirst = transactions++ === 1;
            most = Math.max(most, ++inHand);
            try {
              const answer = await work(tx);
              if (isFirst) await held.promise;
              return answer;
            } finally {
              inHand--;
            }
          }),
      }));
      const of = (model: string, sequence: number, source = newSource()) =>
        received(makeBatch(source, sequence, [{ model, series: [{ values: [1, 2, 3] }] }]));
      const source = newSource();
      // The first commit of a project makes a row that the others wait for.
      await ingest.take(of('n', 1));
      const first = ingest.take(of('m', 1, source));
      while (inHand === 0) await new Promise((resolve) => setImmediate(resolve));
      const others = await Promise.all([ingest.take(of('n', 1)), ingest.take(of('o', 1))]);
      assert.deepEqual(
        others.map(({ kind }) => kind),
        ['accepted', 'accepted'],
      );
      assert.equal(most, 2);
      held.reject(new Error('the connection broke before the commit'));
      assert.equal((await first).kind, 'retry');
      assert.equal((await ingest.take(of('m', 1, source))).kind, 'accepted');
      await Promise.all([ingest.take(of('n', 2)), ingest.take(of('m', 2, source))]);
      const rows = await database.query<{ model: string; n: number }>(
        `select model, sum(n_valid)::int as n from summary_1h s join model_version v on v.id = s.model_version_id group by 1 order by 1`,
      );
      assert.deepEqual(rows, [
        { model: 'm', n: 6 },
        { model: 'n', n: 9 },
        { model: 'o', n: 3 },
      ]);
    });
  });

  test('has changed nothing that rows refer to while it writes rows, or chunks that are opened at once would lock each other out', async (t) => {
    if (SERVER_URL === undefined) return t.skip('the embedded database has one session');
    await withDatabase(async (database) => {
      const asked: string[] = [];
      let changed: object[] | undefined;
      const ingest = await startIngest(database, (store) => ({
        ...store,
        transaction: (work) =>
          store.transaction((tx) =>
            work({
              ...tx,
              writeSummaries: (...args) => {
                asked.push('summaries');
                return tx.writeSummaries(...args);
              },
              writeTraffic: (parts) => {
                asked.push('traffic');
                return tx.writeTraffic(parts);
              },
              writeEvents: (events) => {
                asked.push('events');
                return tx.writeEvents(events);
              },
              noteSpans: async (spans) => {
                asked.push('spans');
                // It is answered once all that was asked before has been done.
                await tx.findVersions([]);
                changed = await database.query(
                  `select distinct relation::regclass::text as name from pg_locks
                   where database = (select oid from pg_database where datname = current_database())
                     and mode = 'RowExclusiveLock' and relation in ('model_version'::regclass, 'series'::regclass)`,
                );
                return tx.noteSpans(spans);
              },
            }),
          ),
      }));
      const batch = batchWith(newSource(), 1, { events: [{}] });
      assert.deepEqual(await ingest.take(received(batch)), { kind: 'accepted', refusals: [] });
      assert.deepEqual(asked, ['summaries', 'traffic', 'events', 'spans']);
      assert.deepEqual(changed, []);
    });
  });

  test('tries again at once when the store gives way to another transaction', () =>
    withDatabase(async (database) => {
      const { ingest } = await ingestThatGivesWay(database, 2);
      const batch = makeBatch(newSource(), 1, [window([1, 2, 3])]);
      assert.deepEqual(await ingest.take(received(batch)), { kind: 'accepted', refusals: [] });
      assert.deepEqual(await totals(database), { rows: 3, errors: 0, valid: 3, mean: 2 });
    }));

  test('never writes over a part that changed in the store, however many deltas one commit adds', () =>
    withDatabase(async (database) => {
      const part = await registerCollector(database, randomUUID(), 'test');
      // A transaction that was given up for lost and committed late looks to the next one like another writer of its part.
      const [late, next] = [0, 1].map(() => new Ingest(createIngestStore(database, part), () => undefined));
      assert.ok(late && next);
      const source = newSource();
      const send = (ingest: Ingest, sequences: readonly number[]) =>
        Promise.all(
          sequences.map(async (sequence) => {
            const { kind } = await ingest.take(received(makeBatch(source, sequence, [window([sequence])])));
            return kind;
          }),
        );
      assert.deepEqual(await send(late, [1]), ['accepted']);
      // Either is found out by the store, and tried again at once with what the store holds.
      assert.deepEqual(
        await send(next, [2, 3, 4]),
        ['accepted', 'accepted', 'accepted'],
        'of a window that looked new',
      );
      assert.deepEqual(await send(late, [5, 6]), ['accepted', 'accepted'], 'of a window that was held in memory');
      assert.deepEqual(await totals(database), { rows: 6, errors: 0, valid: 6, mean: 3.5 });
    }));

  test('adds each delta once however often a group of them has to be committed again', () =>
    withDatabase(async (database) => {
      const { ingest, state } = await ingestThatGivesWay(database, 0);
      const source = newSource();
      const take = (from: number) =>
        Promise.all(
          [0, 1, 2].map((i) => ingest.take(received(makeBatch(source, from + i, [window([1, 2, 3 * (from + i)])])))),
        );
      // New parts first, then parts that memory holds.
      for (const from of [1, 4]) {
        state.conflicts = 2;
        assert.deepEqual(
          (await take(from)).map(({ kind }) => kind),
          ['accepted', 'accepted', 'accepted'],
        );
      }
      assert.deepEqual(await totals(database), { rows: 18, errors: 0, valid: 18, mean: (6 * 3 + 3 * 21) / 18 });
    }));

  test('refuses windows of a version that nobody described, and keeps the rest of the batch', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const batch = makeBatch(newSource(), 1, [window([1]), { ...window([2, 2]), version: 'ghost' }]);
      batch.modelVersions = batch.modelVersions.filter(({ version }) => version !== 'ghost');
      const outcome = await ingest.take(received(batch));
      assert.ok(outcome.kind === 'accepted');
      assert.deepEqual(
        outcome.refusals.map(({ part, code, rows }) => ({ part, code, rows })),
        [{ part: 'windows[1]', code: 'unknown_model_version', rows: 2 }],
      );
      assert.equal((await totals(database)).rows, 1);
    }));

  test('refuses a series that changes its kind, by name', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const source = newSource();
      await ingest.take(received(makeBatch(source, 1, [window([1])])));
      const changed = makeBatch(source, 2, [{ series: [{ kind: 'category', values: ['a'] }] }]);
      const outcome = await ingest.take(received(changed));
      assert.ok(outcome.kind === 'accepted');
      assert.equal(outcome.refusals[0]?.code, 'kind_changed');
      assert.equal(outcome.refusals[0]?.part, 'windows[0].summaries[0]');
    }));

  test('reads back a window that memory has let go of', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const source = newSource();
      await ingest.take(received(makeBatch(source, 1, [window([1])])));
      // 20 001 other windows of traffic push the first one out of memory.
      for (let sequence = 2; sequence < 44; sequence++) {
        const windows = Array.from({ length: 500 }, (_, i) => ({ start: T0 + (sequence * 500 + i) * HOUR, rows: 1 }));
        await ingest.take(received(makeBatch(source, sequence, windows)));
      }
      await ingest.take(received(makeBatch(source, 44, [{ ...window([3]), errors: 1 }])));
      const rows = await database.query<{ n_rows: number; n_errors: number }>(
        'select n_rows, n_errors from traffic_1h where window_start = $1',
        [new Date(T0)],
      );
      assert.deepEqual(rows, [{ n_rows: 2, n_errors: 1 }]);
    }));

  test('moves rows of neither table without a model version', () =>
    withDatabase(async (database) => {
      for (const table of [
        'summary_1m',
        'summary_1h',
        'traffic_1m',
        'traffic_1h',
        'score',
        'alert',
        'alert_event',
        'delivery',
        'baseline',
        'baseline_series',
        'loss',
        'event',
        'outcome',
        'agent_settings',
      ]) {
        const rows = await database.query<{ is_nullable: string }>(
          `select is_nullable from information_schema.columns where table_name = $1 and column_name = 'model_version_id'`,
          [table],
        );
        assert.deepEqual(rows, [{ is_nullable: 'NO' }], table);
      }
    }));
});
