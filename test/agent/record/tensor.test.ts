import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { copyNumbers, numberAt, shapeOf, type Table, tableOf, valueAt } from '../../../agent/src/record/tensor.ts';

const Float16 = (globalThis as { Float16Array?: { of(...numbers: number[]): ArrayLike<number> } }).Float16Array;

type Case = {
  readonly name: string;
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
  readonly columns: number;
  readonly rows: readonly (readonly unknown[])[];
};

const CASES: readonly Case[] = [
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
    data: BigInt64Array.of(1n, -2n, -(2n ** 63n)),
    dims: [3],
    columns: 1,
    rows: [[1], [-2], [-(2n ** 63n)]],
  },
  {
    name: 'unsigned integers of 64 bits',
    type: 'uint64',
    data: BigUint64Array.of(2n ** 53n - 1n, 2n ** 64n - 1n),
    dims: [2],
    columns: 1,
    rows: [[2 ** 53 - 1], [2n ** 64n - 1n]],
  },
  {
    name: 'bits of 16-bit floats',
    type: 'float16',
    data: Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x8000),
    dims: [6],
    columns: 1,
    rows: [[1], [-2], [65_504], [2 ** -24], [Number.POSITIVE_INFINITY], [-0]],
  },
  { name: 'a scalar', type: 'int8', data: Int8Array.of(9), dims: [], columns: 1, rows: [[9]] },
  { name: 'bytes', type: 'uint8', data: Uint8Array.of(0, 255), dims: [2, 1], columns: 1, rows: [[0], [255]] },
  { name: 'small integers', type: 'int16', data: Int16Array.of(-7), dims: [1], columns: 1, rows: [[-7]] },
  { name: 'small positive ones', type: 'uint16', data: Uint16Array.of(7), dims: [1], columns: 1, rows: [[7]] },
  {
    name: 'large positive ones',
    type: 'uint32',
    data: Uint32Array.of(2 ** 31),
    dims: [1],
    columns: 1,
    rows: [[2 ** 31]],
  },
  { name: 'booleans', type: 'bool', data: Uint8Array.of(1, 0), dims: [2, 1], columns: 1, rows: [[true], [false]] },
  { name: 'strings', type: 'string', data: ['a', 'b'], dims: [2, 1], columns: 1, rows: [['a'], ['b']] },
  { name: 'an empty batch', type: 'float32', data: new Float32Array(0), dims: [0, 3], columns: 3, rows: [] },
  ...(Float16 === undefined
    ? []
    : [
        {
          name: '16-bit floats where there is an array of them',
          type: 'float16',
          data: Float16.of(0.5, -3),
          dims: [2],
          columns: 1,
          rows: [[0.5], [-3]],
        },
      ]),
];

const read = (table: Table, ask: (table: Table, index: number) => unknown) =>
  Array.from({ length: table.rows }, (_, row) =>
    Array.from({ length: table.width }, (_, column) => ask(table, row * table.width + column)),
  );

describe('a tensor as a table', () => {
  for (const { name, type, data, dims, columns, rows } of CASES) {
    it(`reads ${name}, as values and as numbers`, () => {
      const table = tableOf({ type, data, dims }, columns) ?? assert.fail();
      assert.deepEqual(read(table, valueAt), rows);
      const numbers = rows.map((row) => row.map((value) => (type === 'string' ? Number.NaN : Number(value))));
      assert.deepEqual(read(table, numberAt), numbers);
      const copy = new Float64Array(table.rows);
      // The last column of every row.
      const copied = copyNumbers(table, table.width - 1, table.width, table.rows, copy);
      assert.equal(copied, type !== 'string');
      if (copied)
        assert.deepEqual(
          [...copy],
          numbers.map((row) => row.at(-1)),
        );
    });
  }

  it('reads nothing from what is no tensor, not on the CPU, or of an element type that cannot be read', () => {
    const good = { type: 'float32', data: Float32Array.of(1), dims: [1] };
    for (const bad of [
      null,
      7,
      {},
      new Map([['setosa', 0.5]]),
      [new Map()],
      { ...good, type: 'float16' },
      { ...good, type: 'int64' },
      { ...good, type: 'float64', data: BigInt64Array.of(1n) },
      { ...good, type: 'bfloat16', data: Uint16Array.of(1) },
      { ...good, type: 'int4', data: Uint8Array.of(1) },
      { ...good, type: 'uint4', data: Uint8Array.of(1) },
      { ...good, location: 'gpu-buffer' },
      { ...good, data: new DataView(new ArrayBuffer(4)) },
      { ...good, dims: 3 },
      { ...good, dims: [2] },
      { ...good, dims: [-1, -1] },
      { ...good, dims: [2 ** 40, 2 ** 40, 0.5] },
    ]) {
      assert.equal(tableOf(bad, 1), undefined);
    }
  });

  it('knows the shape of data that are elsewhere without touching them', () => {
    const away = {
      type: 'float32',
      dims: [3, 2],
      location: 'gpu-buffer',
      get data(): never {
        throw new Error('not here');
      },
    };
    assert.deepEqual(shapeOf(away, 2), { rows: 3, width: 2 });
    assert.equal(tableOf(away, 2), undefined);
  });
});
