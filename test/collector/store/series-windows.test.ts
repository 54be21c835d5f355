import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { Ingest } from '../../../collector/src/ingest/ingest.ts';
import { registerCollector } from '../../../collector/src/store/batches.ts';
import type { Database, SqlValue } from '../../../collector/src/store/database.ts';
import { createIngestStore } from '../../../collector/src/store/ingest-transaction.ts';
import { HOUR, makeBatch, newSource, received, T0, type TestWindow } from '../../support/batches.ts';
import { withDatabase } from '../../support/database.ts';

const MINUTE = 60_000;
const NUMBERS = Array.from({ length: 100 }, (_, i) => i + 1);
const SPAN = [new Date(T0), new Date(T0 + HOUR)] as const;

/** Takes windows in as a collector that starts now, with a part of its own. */
async function take(database: Database, windows: readonly TestWindow[]): Promise<void> {
  const part = await registerCollector(database, randomUUID(), 'test');
  const ingest = new Ingest(createIngestStore(database, part), () => undefined);
  await ingest.take(received(makeBatch(newSource(), 1, windows)));
}

function askQuantiles(
  database: Database,
  series: readonly string[],
  span: readonly Date[],
  qs: string,
  slice?: string,
) {
  const values: SqlValue[] = [...series, ...span, qs, ...(slice === undefined ? [] : [slice])];
  const last = slice === undefined ? '' : ', slice => $8';
  return database.query<{ q: number; value: number | null }>(
    `select q, value from tidemark_series_quantiles($1, $2, $3, $4, $5, $6, $7::text::float8[]${last}) order by q`,
    values,
  );
}

describe('windows by name', () => {
  test('tell of every window its series, its width and what is in it', () =>
    withDatabase(async (database) => {
      await take(database, [
        { start: T0, widthMs: MINUTE, series: [{ field: 'age', stage: 'input', values: [1, 2, 3, null] }] },
        { start: T0 + HOUR, widthMs: HOUR, series: [{ field: 'home', kind: 'category', values: ['a', 'b', 'a'] }] },
      ]);
      const rows = await database.query(
        `select model, version, stage, field, slice, kind, window_start, width::text, n_valid, n_missing, vmin, vmax, vmean, q50,
           tidemark_count(digest) as counted, topk
         from series_windows order by window_start`,
      );
      const common = { model: 'm', version: '1', slice: '' };
      assert.deepEqual(rows, [
        {
          ...common,
          stage: 'input',
          field: 'age',
          kind: 'number',
          window_start: T0,
          width: '00:01:00',
          n_valid: 3,
          n_missing: 1,
          vmin: 1,
          vmax: 3,
          vmean: 2,
          q50: 2,
          counted: 3,
          topk: null,
        },
        {
          ...common,
          stage: 'feature',
          field: 'home',
          kind: 'category',
          window_start: T0 + HOUR,
          width: '01:00:00',
          n_valid: 3,
          n_missing: 0,
          vmin: null,
          vmax: null,
          vmean: null,
          q50: null,
          counted: null,
          topk: { a: 2, b: 1 },
        },
      ]);
    }));

  test('are found by the keys of the tables, not by reading all of them', () =>
    withDatabase(async (database) => {
      await take(database, [{ widthMs: MINUTE, series: [{ values: [1] }] }]);
      const plan = await database.transaction(async (tx) => {
        await tx.query('set local enable_seqscan = off');
        await tx.query('set local enable_bitmapscan = off');
        return tx.query<Record<string, string>>(
          `explain (costs off) select * from series_windows where model = 'm' and version = '1' and stage = 'feature' and field = 'x'
             and window_start >= '2001-01-01' and window_start < '2001-01-02'`,
        );
      });
      const text = plan.map((row) => row['QUERY PLAN']).join('\n');
      assert.doesNotMatch(text, /Seq Scan/);
      if (/_hyper_/.test(text)) {
        // Chunks that lie in the span need no condition on the time, and others are not looked at.
        assert.match(text, /Scan using "\d+_summary_1m_pkey".*\n.*Index Cond: .*series_id = ANY/);
        return;
      }
      for (const table of ['summary_1m', 'summary_1h']) {
        assert.match(
          text,
          new RegExp(`Scan using ${table}_pkey.*\\n.*Index Cond: .*series_id = ANY.*window_start >= '2001-01-01`),
        );
      }
    }));

  test('give the quantiles of a series over any span, whatever parts and widths it lies in', () =>
    withDatabase(async (database) => {
      const series = [{ values: NUMBERS.slice(0, 50) }];
      await take(database, [
        { start: T0, widthMs: MINUTE, series },
        { start: T0 - MINUTE, widthMs: MINUTE, series: [{ values: [-1000] }] },
        { model: 'other', start: T0, widthMs: MINUTE, series: [{ values: [-1000] }] },
      ]);
      await take(database, [
        { start: T0, widthMs: MINUTE, series: [{ values: NUMBERS.slice(50, 75) }, { slice: 'a=b', values: [7] }] },
        { start: T0, widthMs: HOUR, series: [{ values: NUMBERS.slice(75) }] },
        { start: T0 + HOUR, widthMs: HOUR, series: [{ values: [1000] }] },
      ]);
      const found = await askQuantiles(database, ['m', '1', 'feature', 'x'], SPAN, '{0,0.5,0.99,1}');
      assert.deepEqual(found, [
        { q: 0, value: 1 },
        { q: 0.5, value: 50 },
        { q: 0.99, value: 99 },
        { q: 1, value: 100 },
      ]);
      assert.deepEqual(await askQuantiles(database, ['m', '1', 'feature', 'x'], SPAN, '{0.5}', 'a=b'), [
        { q: 0.5, value: 7 },
      ]);
    }));

  test('give null for a span without values, and name a series that is not there', () =>
    withDatabase(async (database) => {
      await take(database, [{ series: [{ values: [1] }] }]);
      const before = [new Date(0), new Date(HOUR)];
      assert.deepEqual(await askQuantiles(database, ['m', '1', 'feature', 'x'], before, '{0.5,0.9}'), [
        { q: 0.5, value: null },
        { q: 0.9, value: null },
      ]);
      await assert.rejects(askQuantiles(database, ['m', '2', 'feature', 'x'], SPAN, '{0.5}'), {
        message: 'no series feature x of model m version 2, slice "", project default',
      });
    }));
});
