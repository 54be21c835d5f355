import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MOST_VARIANCE_RATIO, varianceShift } from '../../../collector/src/drift/variance-shift.ts';
import { mergedSummaryOf, summaryOf } from '../../support/summaries.ts';

const momentsOf = (values: readonly number[]) => summaryOf('number', values).moments;
const some = fc
  .array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 60 })
  .filter((values) => new Set(values).size > 1);

test('twice the spread is 2 ln 2, half of it -2 ln 2, and where the values lie does not matter', () => {
  fc.assert(
    fc.property(some, fc.integer({ min: -1000, max: 1000 }), (values, origin) => {
      const scaled = (by: number) => momentsOf(values.map((x) => x * by + origin));
      assert.ok(Math.abs(varianceShift(momentsOf(values), scaled(2)) - 2 * Math.LN2) < 1e-9);
      assert.ok(Math.abs(varianceShift(momentsOf(values), scaled(0.5)) + 2 * Math.LN2) < 1e-9);
      assert.ok(Math.abs(varianceShift(momentsOf(values), scaled(-1))) < 1e-9);
    }),
  );
});

test('the sides change the sign, the windows nothing', () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      const there = varianceShift(momentsOf(a), momentsOf(b));
      assert.ok(Math.abs(there + varianceShift(momentsOf(b), momentsOf(a))) < 1e-12);
      assert.ok(Math.abs(there - varianceShift(momentsOf(a), mergedSummaryOf('number', b, 4).moments)) < 1e-9);
    }),
  );
});

test('a side that has become constant is far away, not infinitely; a constant baseline cannot be compared with', () => {
  assert.ok(Math.abs(varianceShift(momentsOf([1, 2]), momentsOf([3, 3])) + Math.log(MOST_VARIANCE_RATIO)) < 1e-12);
  assert.equal(varianceShift(momentsOf([1, 2]), momentsOf([0, 1e9])), Math.log(MOST_VARIANCE_RATIO));
  assert.equal(varianceShift(momentsOf([3, 3]), momentsOf([4, 4])), 0);
  assert.throws(() => varianceShift(momentsOf([3, 3]), momentsOf([3, 4])), {
    name: 'RangeError',
    message: /the baseline is constant/,
  });
  assert.ok(Number.isNaN(varianceShift(momentsOf([]), momentsOf([1, 2]))));
  assert.ok(Number.isNaN(varianceShift(momentsOf([1, 2]), momentsOf([]))));
});
