import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { halves } from '../../../agent/src/record/half.ts';

describe('16-bit floats', () => {
  it('are what the DataView of Node 24 says, all 65 536 of them', (t) => {
    const view = new DataView(new ArrayBuffer(2)) as DataView & { getFloat16?(offset: number): number };
    if (view.getFloat16 === undefined) return t.skip('this Node has no getFloat16');
    const numbers = halves();
    for (let bits = 0; bits < 0x10000; bits++) {
      view.setUint16(0, bits);
      if (!Object.is(numbers[bits], view.getFloat16(0))) assert.fail(`${bits}: ${numbers[bits]}`);
    }
  });

  it('have the values of IEEE 754 at their ends', () => {
    const numbers = halves();
    assert.equal(numbers.length, 65_536);
    const ends = [0x0001, 0x03ff, 0x0400, 0x3c01, 0x7bff, 0xfbff, 0x7c00, 0xfc00].map((bits) => numbers[bits]);
    const [infinity, minus] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    assert.deepEqual(ends, [2 ** -24, 1023 * 2 ** -24, 2 ** -14, 1 + 2 ** -10, 65_504, -65_504, infinity, minus]);
    assert.ok(Number.isNaN(numbers[0x7e00]));
  });
});
