import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { slotNumbers, sortSlots } from '../../sketch/src/slot-sort.ts';

const numbers = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 300 }),
  fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { maxLength: 300 }),
  // Digits that all have alike between others.
  fc.array(fc.constantFrom(0x01ff0001, 0x02ff0000, 0xffff0001, 0x01ff0000), { maxLength: 300 }),
);

describe('sortSlots', () => {
  it('sorts by number and leaves equal ones as they were, few and many', () => {
    fc.assert(
      fc.property(numbers, fc.boolean(), (all, reversed) => {
        slotNumbers.set(all);
        const order = Uint16Array.from(all, (_, slot) => (reversed ? all.length - 1 - slot : slot));
        const expected = [...order].sort((a, b) => all[a]! - all[b]!);
        sortSlots(order, all.length);
        assert.deepEqual([...order], expected);
      }),
    );
  });
});
