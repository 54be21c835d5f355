import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kOfM } from '../../../collector/src/drift/k-of-m.ts';

test('as many of the last ones as asked for', () => {
  assert.equal(kOfM([true, false, true], 2, 3), true);
  assert.equal(kOfM([true, true, false, false, true], 2, 3), false);
  assert.equal(kOfM([], 1, 3), false);
});

test('what could not be judged counts for neither and makes no room', () => {
  assert.equal(kOfM([true, null, null, true], 2, 2), true);
  assert.equal(kOfM([null, null], 1, 2), false);
});

test('more than there are is refused', () => {
  for (const [k, m] of [
    [0, 3],
    [4, 3],
    [1.5, 3],
  ] as const) {
    assert.throws(() => kOfM([], k, m), RangeError);
  }
});
