import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CHUNK, sortChunk, sorted } from '../../sketch/src/chunk-sort.ts';
import { fullRadixSort } from '../../sketch/src/full-radix.ts';
import { HOSTILE_STREAMS, STREAMS, take } from './datasets.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);

describe('sortChunk', () => {
  for (const [name, stream] of Object.entries({ ...STREAMS, ...HOSTILE_STREAMS })) {
    for (const n of [1, 2, 47, 48, 49, 63, 2047, CHUNK]) {
      it(`sorts ${n} values of ${name} as the native sort does, whatever it remembers`, () => {
        const values = take(stream, n);
        const expected = values.slice().sort();
        for (const memory of [0, 5, 40]) {
          sortChunk(values, n, memory);
          assert.deepEqual(sorted.slice(0, n), expected);
        }
      });
    }
  }

  it('sorts any finite numbers', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 300 }), (list) => {
        const values = Float64Array.from(list);
        const expected = values.slice().sort();
        sortChunk(values, values.length, 0);
        assert.deepEqual(sorted.slice(0, values.length), expected);
        fullRadixSort(values, values.length, sorted);
        assert.deepEqual(sorted.slice(0, values.length), expected);
      }),
    );
  });

  it('remembers for some chunks what failed, then tries again', () => {
    const easy = take(STREAMS.normal!, CHUNK);
    for (const [name, expected] of [
      ['600 decades', 32],
      ['cluster and outliers', 64],
    ] as const) {
      let memory = sortChunk(take(HOSTILE_STREAMS[name]!, CHUNK), CHUNK, 0);
      assert.equal(memory, expected);
      for (let i = 0; i < 32; i++) memory = sortChunk(easy, CHUNK, memory);
      assert.equal(memory, 0);
    }
    assert.equal(sortChunk(easy, CHUNK, 0), 0);
  });

  it('sorts a range that overflows and one too small to be scaled', () => {
    for (const values of [
      Float64Array.from({ length: 100 }, (_, i) => (i % 2 ? 1e308 : -1e308) + i * 1e300),
      Float64Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) * 5e-324),
    ]) {
      sortChunk(values, 100, 0);
      assert.deepEqual(sorted.slice(0, 100), values.slice().sort());
    }
  });
});
