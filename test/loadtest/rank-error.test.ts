import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { KS_SHARES, ksError, rankError } from '../../loadtest/bench/sketch/rank-error.ts';

const numbers = fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, min: -10, max: 10 })), {
  minLength: 1,
  maxLength: 60,
});

/** Distance of q from [F(x-), F(x)], by counting. */
function byCounting(values: readonly number[], q: number, x: number): number {
  const below = values.filter((value) => value < x).length / values.length;
  const atOrBelow = values.filter((value) => value <= x).length / values.length;
  if (q < below) return below - q;
  return q > atOrBelow ? q - atOrBelow : 0;
}

describe('the rank error', () => {
  test('is what counting finds', () => {
    fc.assert(
      fc.property(
        numbers,
        fc.double({ noNaN: true, min: 0, max: 1 }),
        fc.double({ noNaN: true, min: -12, max: 12 }),
        (values, q, x) => {
          const sorted = Float64Array.from(values).sort();
          assert.ok(Math.abs(rankError(sorted, q, x) - byCounting(values, q, x)) < 1e-12);
        },
      ),
    );
  });

  test('is nothing anywhere within the step of a repeated value', () => {
    const sorted = Float64Array.of(1, 2, 2, 2, 3);
    for (const q of [0.2, 0.5, 0.8]) assert.equal(rankError(sorted, q, 2), 0);
    assert.ok(Math.abs(rankError(sorted, 0.9, 2) - 0.1) < 1e-12);
  });

  test('of an answer that is no number is the whole', () => {
    assert.equal(rankError(Float64Array.of(1, 2), 0.5, Number.NaN), 1);
    assert.equal(rankError(Float64Array.of(1, 2), 0.5, undefined as unknown as number), 1);
  });
});

describe('the KS error', () => {
  test('is the largest that counting finds over 1 999 shares', () => {
    fc.assert(
      fc.property(numbers, fc.double({ noNaN: true, min: -3, max: 3 }), (values, slip) => {
        const sorted = Float64Array.from(values).sort();
        const answers = KS_SHARES.map((q) => sorted[Math.floor(q * sorted.length)]! + slip);
        const brute = Math.max(...KS_SHARES.map((q, i) => byCounting(values, q, answers[i]!)));
        assert.ok(Math.abs(ksError(sorted, answers) - brute) < 1e-12);
      }),
      { numRuns: 30 },
    );
  });

  test('is zero for exact quantiles and one half for the middle of two values answered with either end', () => {
    const sorted = Float64Array.from({ length: 500 }, (_, i) => i);
    assert.equal(
      ksError(
        sorted,
        KS_SHARES.map((q) => sorted[Math.ceil(q * 500) - 1]!),
      ),
      0,
    );
    assert.ok(
      Math.abs(
        ksError(
          Float64Array.of(0, 1),
          KS_SHARES.map(() => 0),
        ) - 0.4995,
      ) < 1e-12,
    );
  });

  test('refuses another number of answers, which would look better than they are', () => {
    assert.throws(() => ksError(Float64Array.of(1), [1]), /expected 1999 answers, got 1/);
  });
});
