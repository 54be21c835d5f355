import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { COMPARISONS, negationOf, overlap, parseCondition } from '../../../collector/src/rules/condition.ts';

const condition = fc
  .tuple(fc.constantFrom(...COMPARISONS), fc.integer({ min: -5, max: 5 }))
  .map(([comparison, bound]) => parseCondition(`${comparison} ${bound}`));

test('comparisons are read with or without blanks', () => {
  assert.deepEqual(
    ['>0.25', '  >= 3 ', '< -.5', '<= 1e3'].map((text) => parseCondition(text).text),
    ['> 0.25', '>= 3', '< -.5', '<= 1e3'],
  );
  for (const text of ['', '0.25', '=> 1', '> ', '> x', '> 1 2', '== 1', '> Infinity', '> 1e999']) {
    assert.throws(() => parseCondition(text), RangeError, text);
  }
});

test('NaN fulfils nothing', () => {
  for (const comparison of COMPARISONS) assert.equal(parseCondition(`${comparison} 0`).holds(Number.NaN), false);
});

test('the negation holds of exactly the other numbers', () => {
  fc.assert(
    fc.property(condition, fc.integer({ min: -6, max: 6 }), (one, value) =>
      assert.notEqual(one.holds(value), negationOf(one).holds(value)),
    ),
  );
});

test('two conditions overlap where some number fulfils both', () => {
  const numbers = Array.from({ length: 61 }, (_, index) => (index - 30) / 4);
  fc.assert(
    fc.property(condition, condition, (one, other) =>
      assert.equal(
        overlap(one, other),
        numbers.some((value) => one.holds(value) && other.holds(value)),
      ),
    ),
  );
});
