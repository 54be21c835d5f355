import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type InferTensor, readTensor } from '../../../agent/src/observe/infer-tensor.ts';
import { shapeOf, tableOf, valueAt } from '../../../agent/src/record/tensor.ts';

const tensor = (datatype: string, shape: readonly number[], data?: unknown): InferTensor => ({
  name: 't',
  datatype,
  shape,
  data,
});

describe('a tensor of the Open Inference Protocol', () => {
  const READ: Record<string, { readonly data: unknown[]; readonly values: unknown[]; readonly type: string }> = {
    BOOL: { data: [true, false, 1, 0], values: [true, false, true, false], type: 'bool' },
    UINT8: { data: [0, 255, 1, 2], values: [0, 255, 1, 2], type: 'uint8' },
    UINT16: { data: [0, 65_535, 1, 2], values: [0, 65_535, 1, 2], type: 'uint16' },
    UINT32: { data: [0, 4_294_967_295, 1, 2], values: [0, 4_294_967_295, 1, 2], type: 'uint32' },
    UINT64: { data: [0, 2 ** 53 - 1, 1, 2], values: [0, 2 ** 53 - 1, 1, 2], type: 'uint64' },
    INT8: { data: [-128, 127, 1, 2], values: [-128, 127, 1, 2], type: 'int8' },
    INT16: { data: [-32_768, 32_767, 1, 2], values: [-32_768, 32_767, 1, 2], type: 'int16' },
    INT32: { data: [-(2 ** 31), 5, 1, 2], values: [-(2 ** 31), 5, 1, 2], type: 'int32' },
    INT64: { data: [-(2 ** 40), 5, 1, 2], values: [-(2 ** 40), 5, 1, 2], type: 'int64' },
    FP16: { data: [0.5, null, 1, 2], values: [0.5, Number.NaN, 1, 2], type: 'float32' },
    FP32: { data: [0.1, null, 1, 2], values: [Math.fround(0.1), Number.NaN, 1, 2], type: 'float32' },
    FP64: { data: [0.1, -1e300, 1, 2], values: [0.1, -1e300, 1, 2], type: 'float64' },
    BYTES: { data: ['a', '', 'ü', '__proto__'], values: ['a', '', 'ü', '__proto__'], type: 'string' },
  };
  for (const [datatype, { data, values, type }] of Object.entries(READ)) {
    it(`is read, flat or nested: ${datatype}`, () => {
      for (const given of [data, [data.slice(0, 2), data.slice(2)]]) {
        const read = readTensor(tensor(datatype, [2, 2], given));
        assert.equal(read.type, type);
        const table = tableOf(read, 2);
        assert.ok(table !== undefined);
        assert.deepEqual(
          [0, 1, 2, 3].map((i) => valueAt(table, i)),
          values,
        );
      }
    });
  }

  const UNREAD: Record<string, InferTensor> = {
    'without data, as with the binary extension': tensor('FP32', [2, 2]),
    'of a type of its own': tensor('FP8', [2, 2], [1, 2, 3, 4]),
    'of a name that every object has': tensor('constructor', [2, 2], [1, 2, 3, 4]),
    'with less data than its shape': tensor('FP32', [2, 2], [1, 2, 3]),
    'with more data than its shape': tensor('FP32', [2, 2], [1, 2, 3, 4, 5]),
    'with text among numbers': tensor('FP32', [2, 2], [1, 2, '3', 4]),
    'with a fraction among integers': tensor('INT64', [2, 2], [1, 2, 3.5, 4]),
    'with a number among texts': tensor('BYTES', [2, 2], ['1', 2, '3', '4']),
    'nested deeper than its shape': tensor('FP32', [2, 2], [[[1, 2], [3]], 4]),
    'with data of no list': tensor('FP32', [2, 2], { length: 4 }),
  };
  for (const [what, given] of Object.entries(UNREAD)) {
    it(`keeps its rows where it cannot be read: ${what}`, () => {
      const read = readTensor(given);
      assert.equal(tableOf(read, 2), undefined);
      assert.deepEqual(shapeOf(read, 2), { rows: 2, width: 2 });
    });
  }

  it('claims nothing for a shape that is none, or beyond belief', () => {
    for (const shape of [[-1], ['2'], [1.5]]) {
      assert.equal(shapeOf(readTensor(tensor('FP32', shape as never, [1])), 1), undefined);
    }
    assert.equal(tableOf(readTensor(tensor('FP64', [2 ** 40], [1])), 1), undefined);
  });
});
