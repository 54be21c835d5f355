import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import { chiSquare, cramersV, exactCramersV } from '../../../collector/src/drift/cramers-v.ts';
import { MEASURES } from '../../../collector/src/drift/index.ts';
import { summaryOf } from '../../support/summaries.ts';

const counts = fc
  .array(fc.nat({ max: 200 }), { minLength: 5, maxLength: 5 })
  .filter((some) => some.some((count) => count > 0));
const total = (some: readonly number[]): number => some.reduce((sum, one) => sum + one, 0);
const shares = (some: readonly number[]): number[] => some.map((one) => one / total(some));
const tableOf = (some: readonly number[]) => new Map(some.map((count, index) => [`k${index}`, count]));

/** Pearson's sum over all cells of (found - expected)^2 / expected, word for word. */
function pearson(rows: readonly (readonly number[])[]): number {
  const all = total(rows.map(total));
  let sum = 0;
  for (const row of rows) {
    for (const [index, found] of row.entries()) {
      const column = total(rows.map((one) => one[index]!));
      const expected = (total(row) * column) / all;
      if (expected > 0) sum += (found - expected) ** 2 / expected;
    }
  }
  return sum;
}

test('chi-square is that of the table of counts', () => {
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      const found = chiSquare(shares(a), shares(b), total(a), total(b));
      const expected = pearson([a, b]);
      assert.ok(Math.abs(found - expected) <= 1e-9 * Math.max(1, expected), `${found} against ${expected}`);
    }),
  );
});

test('V is symmetric, 0 for the same shares, 1 where nothing is on both sides, and does not grow with the counts', () => {
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      const v = exactCramersV(tableOf(a), tableOf(b));
      assert.ok(v >= 0 && v <= 1);
      assert.ok(Math.abs(exactCramersV(tableOf(b), tableOf(a)) - v) < 1e-12);
      assert.equal(exactCramersV(tableOf(a), tableOf(a)), 0);
      const tenfold = (some: readonly number[]) => tableOf(some.map((count) => count * 10));
      assert.ok(Math.abs(exactCramersV(tenfold(a), tenfold(b)) - v) < 1e-9);
      const elsewhere = new Map(b.map((count, index) => [`other${index}`, count]));
      assert.ok(Math.abs(exactCramersV(tableOf(a), elsewhere) - 1) < 1e-12);
    }),
  );
  assert.throws(() => cramersV([1], [0.5, 0.5], 1, 2), { name: 'RangeError' });
  assert.ok(Number.isNaN(exactCramersV(new Map(), new Map([['a', 1]]))));
});

test('through summaries it is over the bins of the baseline, with their sizes', () => {
  const [a, b] = [
    ['a', 'a', 'b', 'c'],
    ['a', 'b', 'b', 'b', 'c', 'c'],
  ];
  const reference = summaryOf('category', a);
  const found = MEASURES.cramers_v.score({ live: summaryOf('category', b), reference, bins: makeBins(reference) });
  const expected = Math.sqrt(
    pearson([
      [2, 1, 1],
      [1, 3, 2],
    ]) / 10,
  );
  assert.ok(Math.abs(found - expected) < 1e-12, `${found} against ${expected}`);
});
