import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { Summary } from '@tidemark/sketch';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { createApiReader } from '../../../collector/src/store/api-reader.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { StoreJudgingSource } from '../../../collector/src/store/judging-source.ts';
import { HOUR, makeBatch, newSource, PROJECT, received, T0, type TestSeries } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

async function startIngest(database: Database): Promise<Ingest> {
  const part = await registerCollector(database, randomUUID(), 'test');
  return new Ingest(createIngestStore(database, part), () => undefined);
}

function vectorsOf(values: readonly unknown[]): TestSeries {
  return { field: 'embedding', kind: 'vector', values };
}

/** n vectors of d components of one decimal, so few values that digests of them are exact in any order. */
function cloud(n: number, d: number, from: number): number[][] {
  const component = (i: number, j: number) => Math.round(Math.sin((from + i) * d + j * 1.7) * 10) / 10;
  return Array.from({ length: n }, (_, i) => Array.from({ length: d }, (_, j) => component(i, j)));
}

/** All that is stored of the series, merged. */
async function stored(database: Database): Promise<Summary> {
  const source = new StoreJudgingSource(database, PROJECT);
  const [version] = await source.versions('m');
  const [series] = await source.series(version?.id ?? 0);
  assert.equal(series?.kind, 'vector');
  const summary = (await source.spans([series.id], 0, T0 + 1000 * HOUR)).get(series.id);
  assert.ok(summary);
  return summary;
}

function summaryOf(vectors: readonly unknown[]): Summary {
  const summary = new Summary('vector');
  for (const vector of vectors) summary.add(vector);
  return summary;
}

const accepted = { kind: 'accepted', refusals: [] };

describe('a series of vectors', () => {
  test('comes back from the store as it was sent, in parts, windows of both widths and by two collectors', () =>
    withDatabase(async (database) => {
      const [first, second] = [await startIngest(database), await startIngest(database)];
      const parts = [0, 1, 2, 3, 4].map((i) => [...cloud(30, 20, i * 30), null, [Number.NaN], 'text']);
      const places = [
        { ingest: first, start: T0 },
        { ingest: first, start: T0 },
        { ingest: second, start: T0 },
        { ingest: second, start: T0 + HOUR },
        { ingest: first, start: T0, widthMs: 60_000 },
      ];
      for (const [i, { ingest, ...window }] of places.entries()) {
        const batch = makeBatch(newSource(), 1, [{ ...window, series: [vectorsOf(parts[i] ?? [])] }]);
        assert.deepEqual(await ingest.take(received(batch)), accepted);
      }
      const [expected, found] = [summaryOf(parts.flat()), await stored(database)];
      assert.deepEqual({ ...found.kinds }, { ...expected.kinds });
      assert.deepEqual(found.projections.toBytes(), expected.projections.toBytes());
      const rows = await database.query<{ n: number }>(
        'select count(*)::int as n from summary_1h where projections is not null and digest is null',
      );
      assert.deepEqual(rows, [{ n: 3 }]);
    }));

  test('shows the quantiles of its norms to plain SQL', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const vectors = Array.from({ length: 99 }, (_, i) => [0, i + 1]);
      await ingest.take(received(makeBatch(newSource(), 1, [{ series: [vectorsOf(vectors)] }])));
      const rows = await database.query('select vmin, q05, q50, q95, vmax, vmean, topk from summary_1h');
      assert.deepEqual(rows, [{ vmin: 1, q05: 5, q50: 50, q95: 95, vmax: 99, vmean: null, topk: null }]);
    }));

  test('is read back from the store to be added to when memory has let it go', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const source = newSource();
      await ingest.take(received(makeBatch(source, 1, [{ series: [vectorsOf(cloud(5, 3, 0))] }])));
      // 1 200 other windows, each as heavy as 18 of numbers, push the first one out of memory.
      for (let sequence = 2; sequence < 5; sequence++) {
        const windows = Array.from({ length: 400 }, (_, i) => ({
          start: T0 + (sequence * 400 + i) * HOUR,
          series: [vectorsOf([[1, 2, 3]])],
        }));
        assert.deepEqual(await ingest.take(received(makeBatch(source, sequence, windows))), accepted);
      }
      await ingest.take(received(makeBatch(source, 9, [{ series: [vectorsOf(cloud(5, 3, 5))] }])));
      const rows = await database.query('select n_valid, rev from summary_1h where window_start = $1', [new Date(T0)]);
      assert.deepEqual(rows, [{ n_valid: 10, rev: 2 }]);
    }));

  test('refuses vectors of another size in its window by name, and keeps the rest of the batch', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const source = newSource();
      // Windows without any vector do not decide what vectors are like.
      await ingest.take(received(makeBatch(source, 1, [{ series: [vectorsOf([null])] }])));
      await ingest.take(received(makeBatch(source, 2, [{ series: [vectorsOf([[1, 2, 3]])] }])));
      const outcome = await ingest.take(
        received(makeBatch(source, 3, [{ rows: 7, series: [vectorsOf([[1, 2]]), { field: 'x', values: [1] }] }])),
      );
      assert.ok(outcome.kind === 'accepted');
      assert.deepEqual(
        outcome.refusals.map(({ part, code, rows }) => ({ part, code, rows })),
        [{ part: 'windows[0].summaries[0]', code: 'kind_changed', rows: 1 }],
      );
      assert.match(outcome.refusals[0]?.message ?? '', /3 and 2 components/);
      assert.deepEqual(
        await ingest.take(received(makeBatch(source, 4, [{ series: [vectorsOf([[4, 5, 6]])] }]))),
        accepted,
      );
      assert.equal((await stored(database)).kinds.valid, 2);
    }));

  test('stays one: numbers under its name are refused, and vectors under that of numbers', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      const source = newSource();
      await ingest.take(received(makeBatch(source, 1, [{ series: [vectorsOf([[1]]), { field: 'x', values: [1] }] }])));
      const swapped = [
        { field: 'embedding', values: [1] },
        { ...vectorsOf([[1]]), field: 'x' },
      ];
      const outcome = await ingest.take(received(makeBatch(source, 2, [{ series: swapped }])));
      assert.ok(outcome.kind === 'accepted');
      assert.deepEqual(
        outcome.refusals.map(({ code }) => code),
        ['kind_changed', 'kind_changed'],
      );
    }));

  test('can be asked for over HTTP: its counts, and no quantiles', () =>
    withDatabase(async (database) => {
      const ingest = await startIngest(database);
      await ingest.take(received(makeBatch(newSource(), 1, [{ series: [vectorsOf([[1, 2], null])] }])));
      const api = createApiReader(database, PROJECT);
      const series = await api.series(1);
      assert.equal(series?.[0]?.kind, 'vector');
      const windows = await api.windows(series[0].id, { from: 0, to: T0 + HOUR, limit: 10, widest: 60_000 });
      const { valid, missing, quantiles, top } = windows?.[0] ?? {};
      assert.deepEqual({ valid, missing, quantiles, top }, { valid: 1, missing: 1, quantiles: null, top: null });
    }));
});
