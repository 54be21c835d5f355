import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MEASURES } from '../../../collector/src/drift/index.ts';
import { meanShift } from '../../../collector/src/drift/mean.ts';
import { summaryOf } from '../../support/summaries.ts';

test('the shift of the mean is in population sigmas of the baseline and has the sign of the live side', () => {
  // Population sigma of 1, 3 is 1; the sample one would be 1.41.
  const baseline = summaryOf('number', [1, 3]);
  assert.equal(meanShift(summaryOf('number', [2.5]), baseline), 0.5);
  assert.equal(meanShift(summaryOf('number', [1.5]), baseline), -0.5);
  assert.equal(meanShift(baseline.clone(), baseline), 0);
  assert.ok(Number.isNaN(meanShift(summaryOf('number', []), baseline)));
  assert.ok(Number.isNaN(meanShift(baseline, summaryOf('number', []))));
});

test('a constant baseline that begins to move is a clear error, one that stays is 0', () => {
  const reference = summaryOf('number', [7, 7]);
  const score = (live: readonly number[]) =>
    MEASURES.mean_shift.score({ live: summaryOf('number', live), reference, bins: null });
  assert.equal(score([7, 7, 7]), 0);
  assert.throws(() => score([7, 8]), { name: 'RangeError', message: /the baseline is constant/ });
});
