import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, ratioSpread, spread } from '../../loadtest/bench/spread.ts';

test('the median of an odd number is the middle one, of an even number between the two', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(median([7]), 7);
});

test('the spread runs from quartile to quartile, whatever the order, and one wild round does not move it far', () => {
  assert.deepEqual(spread([5, 1, 4, 2, 3]), { median: 3, low: 2, high: 4 });
  assert.deepEqual(spread([5, 1, 4, 2, 3000]), { median: 4, low: 2, high: 5 });
});

test('of nothing there is no median', () => {
  assert.deepEqual(spread([]), { median: Number.NaN, low: Number.NaN, high: Number.NaN });
});

test('ratios are taken round by round, so that a slow round cancels', () => {
  assert.deepEqual(ratioSpread([20, 40, 200], [10, 20, 100]), { median: 2, low: 2, high: 2 });
});
