import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backOffMs } from '../../../agent/src/export/back-off.ts';

describe('the wait before another try', () => {
  it('is bounded by a quarter of a second that doubles up to half a minute', () => {
    const longest = [1, 2, 3, 4, 7, 8, 50, 100_000].map((attempt) => backOffMs(attempt, () => 1));
    assert.deepEqual(longest, [250, 500, 1_000, 2_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is a random share of that bound', () => {
    assert.deepEqual([backOffMs(3, () => 0), backOffMs(3, () => 0.5)], [0, 500]);
  });
});
