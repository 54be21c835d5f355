import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hellinger } from '../../../collector/src/drift/hellinger.ts';
import { jensenShannon } from '../../../collector/src/drift/jensen-shannon.ts';
import { sharesOver } from '../../support/shares.ts';

test('hellinger by hand, and 1 where no bin is on both sides', () => {
  // 1 - (sqrt(0.5 * 0.9) + sqrt(0.5 * 0.1)) under the root.
  const expected = Math.sqrt(1 - Math.sqrt(0.45) - Math.sqrt(0.05));
  assert.ok(Math.abs(hellinger([0.5, 0.5], [0.9, 0.1]) - expected) < 1e-15);
  assert.equal(hellinger([0.5, 0.5, 0], [0, 0, 1]), 1);
});

test('it is a metric from 0 to 1 that stays within the bounds of the total variation and below js', () => {
  fc.assert(
    fc.property(sharesOver(6), sharesOver(6), sharesOver(6), (p, q, r) => {
      const [pq, qr, pr] = [hellinger(p, q), hellinger(q, r), hellinger(p, r)];
      assert.equal(pq, hellinger(q, p));
      assert.equal(hellinger(p, p), 0);
      if (p.some((share, index) => share !== q[index])) assert.ok(pq > 0);
      assert.ok(pr <= pq + qr + 1e-12, `${pr} against ${pq} + ${qr}`);
      // H^2 <= TV <= H sqrt 2 (Le Cam).
      const variation = p.reduce((sum, share, index) => sum + Math.abs(share - q[index]!), 0) / 2;
      assert.ok(pq ** 2 <= variation + 1e-12 && variation <= pq * Math.SQRT2 + 1e-12);
      assert.ok(pq <= 1 && jensenShannon(p, q) >= pq - 1e-12, 'js in bits is never below hellinger');
    }),
  );
});

test('vectors of different lengths are refused', () => {
  assert.throws(() => hellinger([1], [0.5, 0.5]), {
    name: 'RangeError',
    message: 'hellinger needs the same bins on both sides, got 1 and 2',
  });
});
