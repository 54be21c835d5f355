import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Losses } from '../../../agent/src/losses.ts';
import { readModel } from '../../../agent/src/model-options.ts';
import { addValue } from '../../../agent/src/record/add-value.ts';
import { addColumns } from '../../../agent/src/record/columns.ts';
import { ModelVersion } from '../../../agent/src/record/model-version.ts';
import { RowSample, xorshift } from '../../../agent/src/record/row-sample.ts';
import { type Table, tableOf, valueAt } from '../../../agent/src/record/tensor.ts';
import { WindowRecord } from '../../../agent/src/window/window-record.ts';

function setUp(kind: 'number' | 'category' = 'number') {
  const fields = [{ stage: 'feature', field: 'b', kind, ...(kind === 'number' && { min: -1, max: 1 }) }];
  const version = new ModelVersion(readModel({ name: 'm', version: '1', fields }), new Losses());
  const columns = ['a', 'b'].map((field) => version.find('feature', field));
  const window = new WindowRecord<ModelVersion>(version, 0, 60_000);
  return { version, window, columns: columns.filter((series) => typeof series !== 'string') };
}

const close = (a: number, b: number, scale: number) =>
  (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= 1e-12 * Math.max(scale, Math.abs(a));

/** Fails unless both windows hold the same of every series. */
function same(got: WindowRecord<ModelVersion>, expected: WindowRecord<ModelVersion>) {
  const [mine, theirs] = [got, expected].map((window) => {
    window.settle();
    return [...window.entries()].sort((x, y) => (x.field < y.field ? -1 : 1));
  });
  assert.equal(mine?.length, theirs?.length);
  for (const [i, { field, summary }] of (theirs ?? []).entries()) {
    const { summary: own } = mine?.[i] ?? assert.fail(field);
    assert.equal(own.kind, summary.kind);
    assert.deepEqual({ ...own.kinds }, { ...summary.kinds });
    assert.deepEqual(own.categories.entries(), summary.categories.entries());
    assert.deepEqual(own.digest.centroids(), summary.digest.centroids());
    const [a, b] = [own.moments, summary.moments];
    assert.deepEqual([a.count, a.min, a.max], [b.count, b.min, b.max]);
    const scale = Math.max(Math.abs(b.min), Math.abs(b.max));
    assert.ok(close(a.mean, b.mean, scale), `${a.mean} for ${b.mean}`);
  }
}

const number = fc.oneof(fc.double(), fc.double({ min: -2, max: 2 }), fc.constantFrom(0, -0, Number.NaN, 1e300));
const TENSORS: Record<string, (numbers: number[]) => { type: string; data: ArrayLike<unknown> }> = {
  float64: (numbers) => ({ type: 'float64', data: Float64Array.from(numbers) }),
  float16: (numbers) => ({ type: 'float16', data: Uint16Array.from(numbers, (x) => (x * 1_000) % 65_536) }),
  int64: (numbers) => ({
    type: 'int64',
    data: BigInt64Array.from(numbers, (x) => BigInt.asIntN(64, BigInt(Math.round((x % 9) * 2 ** 58) || 0))),
  }),
  int32: (numbers) => ({ type: 'int32', data: Int32Array.from(numbers) }),
  bool: (numbers) => ({ type: 'bool', data: Uint8Array.from(numbers, (x) => (x > 0 ? 1 : 0)) }),
  string: (numbers) => ({ type: 'string', data: numbers.map(String) }),
};

describe('the columns of a table', () => {
  for (const [name, make] of Object.entries(TENSORS)) {
    it(`are recorded as the values of the picked rows would be one by one: ${name}`, () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(number, number), { maxLength: 120 }),
          fc.boolean(),
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.integer(),
          (rows, wide, share, seed) => {
            const width = wide ? 2 : 1;
            const tensor = make(rows.flatMap((row) => row.slice(0, width)));
            const table: Table = tableOf({ ...tensor, dims: [rows.length, width] }, width) ?? assert.fail();
            // A boolean in a declared number is 0 or 1; that the test below says.
            const [whole, single] = name === 'bool' ? [setUp('category'), setUp('category')] : [setUp(), setUp()];
            const picked = new RowSample(xorshift(seed)).pick(rows.length, Math.ceil(rows.length * share));
            // In two pieces, since a window sees many runs.
            for (let i = 0; i < 2; i++) {
              addColumns(whole.version, whole.window, whole.columns, table, picked);
              for (const row of picked.rows.subarray(0, picked.count))
                for (const [j, series] of single.columns.entries())
                  addValue(
                    single.version,
                    single.window,
                    series,
                    j < width ? valueAt(table, row * width + j) : undefined,
                  );
            }
            same(whole.window, single.window);
          },
        ),
        { numRuns: 60 },
      );
    });
  }

  it('takes booleans of a declared number as 0 and 1', () => {
    const { version, window, columns } = setUp();
    const table = tableOf({ type: 'bool', data: Uint8Array.of(1, 1, 0, 1), dims: [2, 2] }, 2) ?? assert.fail();
    addColumns(version, window, columns, table, new RowSample(Math.random).pick(2, 2));
    // The declared one comes first.
    const [b, a] = [...window.entries()];
    assert.deepEqual([a?.summary.kind, a?.summary.categories.count('true')], ['category', 1]);
    assert.deepEqual([b?.summary.kind, b?.summary.moments.mean, b?.summary.kinds.wrongType], ['number', 1, 0]);
  });
});
