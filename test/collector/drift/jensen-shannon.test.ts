import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jensenShannon } from '../../../collector/src/drift/jensen-shannon.ts';
import { sharesOver } from '../../support/shares.ts';

test('the examples of the documentation of scipy', () => {
  assert.equal(jensenShannon([1, 0, 0], [0, 1, 0]), 1);
  // jensenshannon([1.0, 0.0], [0.5, 0.5]) is 0.46450140402245893 with the natural logarithm.
  const natural = jensenShannon([1, 0], [0.5, 0.5]) * Math.sqrt(Math.LN2);
  assert.ok(Math.abs(natural - 0.46450140402245893) < 1e-15, `${natural}`);
});

test('it is a metric from 0 to 1', () => {
  fc.assert(
    fc.property(sharesOver(6), sharesOver(6), sharesOver(6), (p, q, r) => {
      const [pq, qr, pr] = [jensenShannon(p, q), jensenShannon(q, r), jensenShannon(p, r)];
      assert.ok(pq >= 0 && pq <= 1);
      assert.equal(pq, jensenShannon(q, p));
      assert.equal(jensenShannon(p, p), 0);
      if (p.some((share, index) => share !== q[index])) assert.ok(pq > 0);
      assert.ok(pr <= pq + qr + 1e-12, `${pr} against ${pq} + ${qr}`);
    }),
  );
});

test('shares that hardly differ keep their digits', () => {
  // For small d the divergence of (1/2 + d, 1/2 - d) from (1/2, 1/2) is d^2 / 2 nats.
  const d = 1e-8;
  const expected = Math.sqrt(d ** 2 / 2 / Math.LN2);
  const found = jensenShannon([0.5 + d, 0.5 - d], [0.5, 0.5]);
  assert.ok(Math.abs(found / expected - 1) < 1e-6, `${found} against ${expected}`);
});

test('bins that are split alike on both sides change nothing, and vectors of different lengths are refused', () => {
  const whole = jensenShannon([0.2, 0.8], [0.6, 0.4]);
  assert.ok(Math.abs(jensenShannon([0.1, 0.1, 0.8], [0.3, 0.3, 0.4]) - whole) < 1e-15);
  assert.throws(() => jensenShannon([1], [0.5, 0.5]), {
    name: 'RangeError',
    message: 'js needs the same bins on both sides, got 1 and 2',
  });
});
