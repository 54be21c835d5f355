import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import type { BudgetNotice, Budgets } from '../../../collector/src/ingest/budgets.ts';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { StoreJudgingSource } from '../../../collector/src/store/judging-source.ts';
import { HOUR, makeBatch, newSource, PROJECT, received, T0, type TestSeries } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

async function ingestOn(database: Database, budgets: Partial<Budgets>) {
  const notices: BudgetNotice[] = [];
  const store = createIngestStore(database, await registerCollector(database, randomUUID(), 'test'));
  const ingest = new Ingest(store, () => undefined, {
    budgets: { maxSeries: 1_000, maxVersions: 10, ...budgets },
    onBudget: (notice) => notices.push(notice),
  });
  const source = newSource();
  let sequence = 0;
  const take = async (series: readonly TestSeries[], version = '1', start = T0) => {
    sequence += 1;
    const outcome = await ingest.take(received(makeBatch(source, sequence, [{ version, start, series }])));
    assert.equal(outcome.kind, 'accepted');
    return outcome.kind === 'accepted' ? outcome.refusals : [];
  };
  return { take, notices };
}

const numbers = (from: number, to: number): TestSeries[] =>
  Array.from({ length: to - from }, (_, i) => ({ field: `f${from + i}`, values: [from + i] }));

/** Valid values by field of the first version. */
async function kept(database: Database): Promise<Map<string, number>> {
  const source = new StoreJudgingSource(database, PROJECT);
  const [version] = await source.versions('m');
  const series = await source.series(version?.id ?? 0);
  const spans = await source.spans(
    series.map(({ id }) => id),
    0,
    T0 + 100 * HOUR,
  );
  return new Map(series.map(({ id, field }) => [field, spans.get(id)?.kinds.valid ?? 0]));
}

describe('a budget of series', () => {
  test('lets those of before go on, and merges what is beyond into one series of each kind', () =>
    withDatabase(async (database) => {
      const { take } = await ingestOn(database, { maxSeries: 3 });
      assert.deepEqual(await take([...numbers(0, 2), { field: 'c', kind: 'category', values: ['a'] }]), []);
      const late: TestSeries = { field: 'late', kind: 'category', values: ['x', 'y'] };
      assert.deepEqual(await take([...numbers(0, 5), late]), []);
      assert.deepEqual(await take([...numbers(4, 9), late], '1', T0 + HOUR), []);
      assert.deepEqual([...(await kept(database))].sort(), [
        ['c', 1],
        ['f0', 2],
        ['f1', 2],
        ['~other categories', 4],
        ['~other numbers', 8],
      ]);
    }));

  test('refuses vectors beyond it by name, with what they held', () =>
    withDatabase(async (database) => {
      const { take } = await ingestOn(database, { maxSeries: 1 });
      await take(numbers(0, 1));
      const refusals = await take([
        {
          field: 'e',
          kind: 'vector',
          values: [
            [1, 2],
            [3, 4],
          ],
        },
      ]);
      assert.partialDeepStrictEqual(refusals, [{ part: 'windows[0].summaries[0]', code: 'over_budget', rows: 2 }]);
    }));

  test('is told again to an agent that sends the batch again, also by a collector that is new', () =>
    withDatabase(async (database) => {
      const ingestOf = async () => {
        const store = createIngestStore(database, await registerCollector(database, randomUUID(), 'test'));
        return new Ingest(store, () => undefined, { budgets: { maxSeries: 10, maxVersions: 1 } });
      };
      const source = newSource();
      const whole = () => received(makeBatch(source, 1, [{ version: '1', series: numbers(0, 1) }]));
      const partial = () =>
        received(
          makeBatch(source, 2, [
            { version: '1', start: T0 + HOUR, series: numbers(0, 1) },
            { version: '"2\\', start: T0 + HOUR, series: numbers(0, 1) },
          ]),
        );
      const first = await ingestOf();
      const outcomes = await Promise.all([whole(), partial(), partial()].map((batch) => first.take(batch)));
      const [, accepted, again] = outcomes;
      assert.ok(accepted?.kind === 'accepted' && again?.kind === 'duplicate');
      assert.partialDeepStrictEqual(accepted.refusals, [{ part: 'windows[1]', code: 'over_budget', rows: 1 }]);
      assert.deepEqual(again.refusals, accepted.refusals);
      const restarted = await ingestOf();
      assert.deepEqual(await restarted.take(partial()), { kind: 'duplicate', refusals: accepted.refusals });
      assert.deepEqual(await restarted.take(whole()), { kind: 'duplicate', refusals: [] });
    }));

  test('is of each model version, and holds after a restart', () =>
    withDatabase(async (database) => {
      const { take } = await ingestOn(database, { maxSeries: 2 });
      await take(numbers(0, 3), '1');
      await take(numbers(0, 3), '2');
      const restarted = await ingestOn(database, { maxSeries: 2 });
      await restarted.take(numbers(0, 5), '1', T0 + HOUR);
      const rows = await database.query<{ version: string; fields: string }>(
        `select version, string_agg(field, ',' order by field) as fields
         from series s join model_version v on v.id = model_version_id group by 1 order by 1`,
      );
      assert.deepEqual(
        rows.map(({ fields }) => fields),
        ['f0,f1,~other numbers', 'f0,f1,~other numbers'],
      );
    }));

  test('warns once before it is used up and once when it is', () =>
    withDatabase(async (database) => {
      const { take, notices } = await ingestOn(database, { maxSeries: 10 });
      await take(numbers(0, 7));
      assert.deepEqual(notices, []);
      await take(numbers(0, 8));
      await take(numbers(0, 9));
      assert.partialDeepStrictEqual(notices, [{ what: 'series', used: 8, budget: 10, isUsedUp: false }]);
      await take(numbers(0, 11));
      await take(numbers(0, 20));
      assert.equal(notices.length, 2);
      assert.partialDeepStrictEqual(notices[1], { what: 'series', used: 10, budget: 10, isUsedUp: true });
    }));

  test('holds against a hundred thousand new fields, and loses no value of them', () =>
    withDatabase(async (database) => {
      const { take } = await ingestOn(database, { maxSeries: 500 });
      for (let from = 0; from < 100_000; from += 500) await take(numbers(from, from + 500));
      const fields = await kept(database);
      assert.equal(fields.size, 501);
      assert.equal(fields.get('~other numbers'), 99_500);
    }));

  test('forgets series that somebody has deleted when a commit fails over them, and makes them anew', () =>
    withDatabase(async (database) => {
      const store = createIngestStore(database, await registerCollector(database, randomUUID(), 'test'));
      const ingest = new Ingest(store, () => undefined);
      const source = newSource();
      const send = (sequence: number) =>
        ingest.take(received(makeBatch(source, sequence, [{ start: T0 + sequence * HOUR, series: numbers(0, 1) }])));
      assert.equal((await send(1)).kind, 'accepted');
      await database.query('delete from series');
      assert.equal((await send(2)).kind, 'accepted');
    }));
});

describe('a budget of versions', () => {
  test('takes those of before, refuses others by name with their rows, and says so', () =>
    withDatabase(async (database) => {
      const { take, notices } = await ingestOn(database, { maxVersions: 2 });
      for (const version of ['1', '2', '1']) assert.deepEqual(await take(numbers(0, 1), version), []);
      const refusals = await take(numbers(0, 1), '3');
      assert.partialDeepStrictEqual(refusals, [{ part: 'windows[0]', code: 'over_budget', rows: 1 }]);
      assert.match(refusals[0]?.message ?? '', /model m has 2 versions already, so 3 is not taken/);
      assert.deepEqual(await take(numbers(0, 1), '2'), []);
      assert.partialDeepStrictEqual(notices.at(-1), { what: 'versions', of: 'model m', used: 2, isUsedUp: true });
      const versions = await database.query('select 1 from model_version');
      assert.equal(versions.length, 2);
    }));
});
