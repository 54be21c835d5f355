import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Losses } from '../../../agent/src/losses.ts';
import { readModel } from '../../../agent/src/model-options.ts';
import { addValue } from '../../../agent/src/record/add-value.ts';
import { ModelVersion } from '../../../agent/src/record/model-version.ts';
import { addLargest, addTable, tableOf } from '../../../agent/src/record/tensor.ts';
import { WindowRecord } from '../../../agent/src/window/window-record.ts';

function setUp() {
  const fields = [{ stage: 'feature', field: 'b', kind: 'number', min: -1, max: 1 } as const];
  const version = new ModelVersion(readModel({ name: 'm', version: '1', fields }), new Losses());
  const columns = ['a', 'b'].map((field) => version.find('feature', field));
  const window = new WindowRecord<ModelVersion>(version, 0, 60_000);
  return { version, window, columns: columns.filter((series) => typeof series !== 'string') };
}

const close = (a: number, b: number, scale: number) =>
  (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= 1e-12 * Math.max(scale, Math.abs(a));

describe('a table of numbers', () => {
  it('is recorded as its values would be one by one, whatever they are', () => {
    const value = fc.oneof(fc.double(), fc.double({ min: -2, max: 2 }), fc.constantFrom(0, -0, Number.NaN, 1e300));
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { maxLength: 200 }), fc.boolean(), (rows, wide) => {
        const width = wide ? 2 : 1;
        const data = Float64Array.from(rows.flatMap((row) => row.slice(0, width)));
        const table = tableOf({ type: 'float64', data, dims: [rows.length, width] }, width) ?? assert.fail();
        const [whole, single] = [setUp(), setUp()];
        // In two pieces, since a window sees many runs.
        for (let i = 0; i < 2; i++) {
          addTable(whole.version, whole.window, whole.columns, table);
          for (const row of rows)
            for (const [j, series] of single.columns.entries())
              addValue(single.version, single.window, series, j < width ? row[j] : undefined);
        }
        const [got, expected] = [whole, single].map(({ window }) => {
          window.settle();
          return [...window.entries()].sort((x, y) => (x.field < y.field ? -1 : 1));
        });
        for (const [i, { field, summary }] of (expected ?? []).entries()) {
          const mine = got?.[i] ?? assert.fail(field);
          assert.deepEqual({ ...mine.summary.kinds }, { ...summary.kinds });
          assert.deepEqual(mine.summary.digest.centroids(), summary.digest.centroids());
          const [a, b] = [mine.summary.moments, summary.moments];
          assert.deepEqual([a.count, a.min, a.max], [b.count, b.min, b.max]);
          const scale = Math.max(Math.abs(b.min), Math.abs(b.max));
          assert.ok(close(a.mean, b.mean, scale), `${a.mean} for ${b.mean}`);
          if (scale < 1e100) assert.ok(close(a.m2, b.m2, scale * scale * b.count), `${a.m2} for ${b.m2}`);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives the largest value of every row, and counts the rows that have none', () => {
    const { window, columns } = setUp();
    const [, series = assert.fail()] = columns;
    const data = Float32Array.of(0.25, 0.75, 0.5, Number.NaN, 0.9, 0.1);
    addLargest(window, series, tableOf({ type: 'float32', data, dims: [3, 2] }, 2) ?? assert.fail());
    const { moments, kinds } = window.summary(series);
    assert.deepEqual([moments.min, Math.fround(moments.max), kinds.nan], [0.75, Math.fround(0.9), 1]);
  });
});
