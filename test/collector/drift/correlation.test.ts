import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  correlation,
  correlationChange,
  mergePairMoments,
  NO_PAIRS,
  pairMoments,
} from '../../../collector/src/drift/correlation.ts';
import { normal, seeded } from '../../sketch/datasets.ts';

const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-9, `${found} against ${expected}`);
const row = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }));
const rows = fc.array(row, { minLength: 1, maxLength: 60 });
const momentsOf = (some: readonly (readonly [unknown, unknown])[]) =>
  pairMoments(
    some.map(([x]) => x),
    some.map(([, y]) => y),
  );

test('by hand: Pearson of three rows', () => {
  // x - 2: -1 0 1; y - 5: -3 1 2: products 5, squares 2 and 14.
  near(correlation(pairMoments([1, 2, 3], [2, 6, 7])), 5 / Math.sqrt(28));
});

test('it is -1 to 1, symmetric, and does not depend on units; along a line it is the sign of the line', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom(0.01, 3, 100), (some, unit) => {
      const found = correlation(momentsOf(some));
      fc.pre(!Number.isNaN(found));
      assert.ok(found >= -1 && found <= 1);
      near(correlation(momentsOf(some.map(([x, y]) => [y, x]))), found);
      near(correlation(momentsOf(some.map(([x, y]) => [x * unit + 7, y]))), found);
      near(correlation(momentsOf(some.map(([x, y]) => [-x, y]))), -found);
      near(correlation(momentsOf(some.map(([x]) => [x, 3 * x - 1]))), 1);
    }),
  );
});

test('windows that are merged give what all rows give, in any grouping', () => {
  fc.assert(
    fc.property(rows, rows, rows, (a, b, c) => {
      const whole = momentsOf([...a, ...b, ...c]);
      const [x, y, z] = [momentsOf(a), momentsOf(b), momentsOf(c)];
      for (const merged of [mergePairMoments(mergePairMoments(x, y), z), mergePairMoments(x, mergePairMoments(y, z))]) {
        assert.equal(merged.count, whole.count);
        for (const key of ['meanX', 'meanY'] as const) near(merged[key], whole[key]);
        for (const key of ['squaresX', 'squaresY', 'products'] as const) {
          assert.ok(Math.abs(merged[key] - whole[key]) <= 1e-9 * Math.max(1, whole.squaresX + whole.squaresY));
        }
      }
      assert.deepEqual(mergePairMoments(NO_PAIRS, x), x);
    }),
  );
});

test('rows where one of the two is missing or no finite number say nothing', () => {
  const found = pairMoments([1, null, 2, Number.NaN, 3, 'x', 9], [2, 4, 6, 1, 7, 2, Number.POSITIVE_INFINITY]);
  assert.deepEqual(found, pairMoments([1, 2, 3], [2, 6, 7]));
  assert.throws(() => pairMoments([1], [1, 2]), { name: 'RangeError' });
});

test('two fields that no longer go together are seen although each for itself is as it was', () => {
  const random = seeded(4);
  const draw = (r: number) =>
    momentsOf(
      Array.from({ length: 5000 }, (): [number, number] => {
        const x = normal(random);
        return [x, r * x + Math.sqrt(1 - r * r) * normal(random)];
      }),
    );
  assert.ok(Math.abs(correlationChange(draw(0.9), draw(0)) + 0.9) < 0.06);
  assert.ok(Math.abs(correlationChange(draw(0.9), draw(0.9))) < 0.02);
});

test('a constant field and fewer than two rows have no correlation', () => {
  assert.ok(Number.isNaN(correlation(pairMoments([1, 1, 1], [1, 2, 3]))));
  assert.ok(Number.isNaN(correlation(pairMoments([1], [2]))));
  assert.ok(Number.isNaN(correlationChange(NO_PAIRS, pairMoments([1, 2], [1, 2]))));
});
