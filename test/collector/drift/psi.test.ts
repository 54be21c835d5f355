import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EMPTY_SHARE, exactCategoryPsi, psi } from '../../../collector/src/drift/psi.ts';
import { psiBounds } from '../../../collector/src/drift/sketch-error.ts';

const shares = (size: number) =>
  fc.array(fc.nat({ max: 1000 }), { minLength: size, maxLength: size }).map((counts) => {
    const total = counts.reduce((sum, one) => sum + one, 0) || 1;
    return counts.map((one) => one / total);
  });

test('psi of the textbook table', () => {
  // (0.5-0.25) ln 2 + (0.25-0.5) ln 0.5 + 0 = 0.5 ln 2, by hand.
  assert.ok(Math.abs(psi([0.5, 0.25, 0.25], [0.25, 0.5, 0.25]) - 0.5 * Math.log(2)) < 1e-15);
});

test('an empty bin counts as 1e-4, and a bin empty on both sides as nothing', () => {
  assert.equal(psi([0.5, 0.5, 0], [0.5, 0.5, 0]), 0);
  const expected = (0.1 - EMPTY_SHARE) * Math.log(0.1 / EMPTY_SHARE) + (0.9 - 1) * Math.log(0.9);
  assert.ok(Math.abs(psi([0.1, 0.9], [0, 1]) - expected) < 1e-15);
});

test('psi is symmetric, never negative, and 0 for equal shares', () => {
  fc.assert(
    fc.property(shares(6), shares(6), (p, q) => {
      assert.ok(psi(p, q) >= 0);
      assert.ok(Math.abs(psi(p, q) - psi(q, p)) < 1e-12);
      assert.equal(psi(p, p), 0);
    }),
  );
});

test('vectors of different lengths are refused', () => {
  assert.throws(() => psi([1], [0.5, 0.5]), {
    name: 'RangeError',
    message: 'psi needs the same bins on both sides, got 1 and 2',
  });
});

test('raw category tables are compared over the categories of both', () => {
  const found = exactCategoryPsi(
    new Map([
      ['a', 9],
      ['b', 1],
    ]),
    new Map([
      ['a', 10],
      ['c', 10],
    ]),
  );
  const expected = psi([0.9, 0.1, 0], [0.5, 0, 0.5]);
  assert.equal(found, expected);
  assert.ok(Number.isNaN(exactCategoryPsi(new Map(), new Map([['a', 1]]))));
});

test('the bounds of psi hold for any shares within the errors', () => {
  const wobble = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(shares(5), shares(5), wobble, fc.double({ min: 0, max: 0.05, noNaN: true }), (p, q, wobbles, error) => {
      const count = 5000;
      const near = (share: number, index: number): number => {
        const moved = Math.min(1, Math.max(0, share + wobbles[index]! * error));
        return moved * count < 0.5 ? 0 : moved;
      };
      const known = (values: readonly number[]) => values.map((share) => ({ share, error: error + 1e-12, count }));
      const bounds = psiBounds(known(p), known(q));
      const found = psi(
        p.map(near),
        q.map((share, index) => near(share, index + 5)),
      );
      assert.ok(
        bounds.least - 1e-9 <= found && found <= bounds.most + 1e-9,
        `${found} in ${bounds.least}..${bounds.most}`,
      );
    }),
  );
});
