import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { createBaseline } from '../../../collector/src/baseline/create.ts';
import { readFile } from '../../../collector/src/baseline/read-file.ts';

/** Three million real flights, ZSTD, eleven row groups; a development dependency of the example. */
const FLIGHTS = resolve(import.meta.dirname, '../../../node_modules/vega-datasets/data/flights-3m.parquet');
const skip = existsSync(FLIGHTS) ? false : 'vega-datasets is not installed';

test('a Parquet file is read a column of a row group at a time, integers as numbers', { skip }, async () => {
  const file = await readFile(FLIGHTS);
  assert.deepEqual(file.columns, ['date', 'delay', 'distance', 'origin', 'destination']);
  let rows = 0;
  let runs = 0;
  for await (const { column, firstRow, values } of file.chunks(['distance'])) {
    assert.equal(column, 'distance');
    assert.equal(firstRow, rows);
    assert.ok(values.length <= 300_000 && typeof values[0] === 'number');
    rows += values.length;
    runs++;
  }
  assert.deepEqual([rows, runs], [3_000_000, 11]);
});

test('a baseline is made of a Parquet file as of any other', { skip }, async () => {
  const { series, rows } = await createBaseline(await readFile(FLIGHTS), { columns: ['delay', 'origin'] });
  assert.equal(rows, 3_000_000);
  const delay = series.get('feature/delay')!;
  assert.deepEqual([delay.kind, delay.summary.kinds.total], ['number', 3_000_000]);
  assert.ok(delay.bins.kind === 'number' && delay.bins.cuts.length === 9, JSON.stringify(delay.bins));
  const origin = series.get('feature/origin')!;
  assert.equal(origin.kind, 'category');
  assert.equal(origin.summary.categories.total, 3_000_000);
  assert.ok(origin.bins.kind === 'category' && origin.bins.keys.includes('ATL'));
});
