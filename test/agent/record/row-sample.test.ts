import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MAX_SAMPLED_ROWS, RowSample, xorshift } from '../../../agent/src/record/row-sample.ts';

describe('a sample of rows', () => {
  it('has as many different rows as wanted, one from each stretch', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 0, max: 6_000 }),
        fc.integer(),
        (of, n, seed) => {
          const sample = new RowSample(xorshift(seed)).pick(of, n);
          const rows = [...sample.rows.subarray(0, sample.count)];
          assert.equal(rows.length, Math.min(of, n));
          assert.equal(sample.all, rows.length === of);
          assert.equal(new Set(rows).size, rows.length);
          assert.ok(rows.every((row) => row >= 0 && row < of));
          const widest = 2 * Math.ceil(of / rows.length);
          const sorted = rows.toSorted((a, b) => a - b);
          for (const [i, row] of sorted.entries()) assert.ok(row - (sorted[i - 1] ?? row) <= widest);
        },
      ),
    );
  });

  it('takes every row as often as any other, whatever the pattern of the rows', () => {
    const sample = new RowSample(xorshift(7));
    const counts = new Array<number>(12).fill(0);
    for (let i = 0; i < 30_000; i++) {
      sample.pick(12, 5);
      for (const row of sample.rows.subarray(0, 5)) counts[row] = (counts[row] as number) + 1;
    }
    // 12 500 expected of each; five standard deviations of a binomial count are 430.
    for (const count of counts) assert.ok(Math.abs(count - 12_500) < 430, counts.join(' '));
  });

  it('is bounded, however many rows there are', () => {
    const sample = new RowSample(() => 1 - 2 ** -33).pick(3_000_000, 3_000_000);
    assert.equal(sample.count, MAX_SAMPLED_ROWS);
    assert.equal(sample.all, false);
    assert.ok((sample.rows[sample.count - 1] as number) < 3_000_000);
  });

  it('is the same for the same seed', () => {
    const [one, other] = [xorshift(5), xorshift(5)].map((random) => new RowSample(random).pick(1_000, 10).rows);
    assert.deepEqual(one, other);
    assert.notDeepEqual(new RowSample(xorshift(6)).pick(1_000, 10).rows, one);
  });
});
