import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fitBudget } from '../../../agent/src/events/fit-budget.ts';

const size = fc.integer({ min: 1, max: 40 });
const groups = fc.array(fc.array(fc.array(size, { maxLength: 6 }), { maxLength: 4 }), { minLength: 1, maxLength: 5 });

const sum = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, 0);

describe('sharing a byte budget', () => {
  it('takes all where all fits, else never more than the budget and nothing that would still fit', () => {
    fc.assert(
      fc.property(groups, fc.nat(600), (given, maxBytes) => {
        const taken = fitBudget(given, maxBytes);
        const left =
          maxBytes - sum(given.flatMap((lines, g) => lines.map((line, i) => sum(line.slice(0, taken[g]?.[i])))));
        assert.ok(left >= 0);
        for (const [g, lines] of given.entries()) {
          for (const [i, line] of lines.entries()) {
            const next = line[taken[g]?.[i] ?? 0];
            assert.ok(next === undefined || next > left);
          }
        }
        if (sum(given.flat(2)) <= maxBytes)
          assert.deepEqual(
            taken,
            given.map((lines) => lines.map((line) => line.length)),
          );
      }),
    );
  });

  it('gives every group its part before the first gets the rest', () => {
    const many = [Array.from({ length: 100 }, () => 10)];
    assert.deepEqual(fitBudget([many, many, many, [[10]], []], 500), [[29], [10], [10], [1], []]);
  });

  it('lets the lines of a group take turns', () => {
    const line = Array.from({ length: 100 }, () => 1);
    const [group] = fitBudget([[line, line, [1], line]], 61);
    assert.deepEqual(group, [20, 20, 1, 20]);
  });

  it('does not pass over a large one for a small one behind it', () => {
    assert.deepEqual(fitBudget([[[5, 90, 1]]], 50), [[1]]);
  });
});
