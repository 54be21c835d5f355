import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maxOfRow, tableOf } from '../../../agent/src/record/tensor.ts';

const CASES = [
  {
    name: 'a batch',
    type: 'float32',
    data: Float32Array.of(1, 2, 3, 4, 5, 6),
    dims: [2, 3],
    columns: 3,
    rows: [
      [1, 2, 3],
      [4, 5, 6],
    ],
  },
  {
    name: 'more dimensions',
    type: 'float64',
    data: Float64Array.of(1, 2, 3, 4),
    dims: [1, 2, 2],
    columns: 4,
    rows: [[1, 2, 3, 4]],
  },
  {
    name: 'one dimension of named columns',
    type: 'int32',
    data: Int32Array.of(1, 2),
    dims: [2],
    columns: 2,
    rows: [[1, 2]],
  },
  {
    name: 'one dimension of rows',
    type: 'int64',
    data: BigInt64Array.of(1n, -2n),
    dims: [2],
    columns: 1,
    rows: [[1], [-2]],
  },
  { name: 'a scalar', type: 'int8', data: Int8Array.of(9), dims: [], columns: 1, rows: [[9]] },
  { name: 'booleans', type: 'bool', data: Uint8Array.of(1, 0), dims: [2, 1], columns: 1, rows: [[true], [false]] },
  { name: 'strings', type: 'string', data: ['a', 'b'], dims: [2, 1], columns: 1, rows: [['a'], ['b']] },
  { name: 'an empty batch', type: 'float32', data: new Float32Array(0), dims: [0, 3], columns: 3, rows: [] },
];

describe('a tensor as a table', () => {
  for (const { name, type, data, dims, columns, rows } of CASES) {
    it(`reads ${name}`, () => {
      const table = tableOf({ type, data, dims }, columns) ?? assert.fail();
      const read = Array.from({ length: table.rows }, (_, row) =>
        Array.from({ length: table.width }, (_, column) => table.at(row, column)),
      );
      assert.deepEqual(read, rows);
    });
  }

  it('reads nothing from what is no tensor, not on the CPU, or of an element type unknown here', () => {
    const good = { type: 'float32', data: Float32Array.of(1), dims: [1] };
    for (const bad of [
      null,
      7,
      {},
      { ...good, type: 'float16' },
      { ...good, location: 'gpu-buffer' },
      { ...good, data: new DataView(new ArrayBuffer(4)) },
      { ...good, dims: 3 },
    ]) {
      assert.equal(tableOf(bad, 1), undefined);
    }
  });

  it('finds the largest value of a row, and none where one is no number', () => {
    const table =
      tableOf({ type: 'float32', data: Float32Array.of(0.25, 0.75, 0.5, Number.NaN), dims: [2, 2] }, 2) ??
      assert.fail();
    assert.equal(maxOfRow(table, 0), 0.75);
    assert.ok(Number.isNaN(maxOfRow(table, 1)));
  });
});
