import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '@tidemark/sketch';
import fc from 'fast-check';
import { MEASURES } from '../../../collector/src/drift/index.ts';
import { exactWasserstein, wasserstein, wassersteinPerSigma } from '../../../collector/src/drift/wasserstein.ts';
import { mergedSummaryOf, summaryOf } from '../../support/summaries.ts';

const values = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 100 });
const ascending = (some: readonly number[]): Float64Array => Float64Array.from(some).sort();
const ofDigests = (a: readonly number[], b: readonly number[]): number =>
  wasserstein(summaryOf('number', a).digest, summaryOf('number', b).digest);
const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${found} against ${expected}`);

/** The definition, word for word: the area between the two shares of values at or below x. */
function brute(a: readonly number[], b: readonly number[]): number {
  const xs = ascending([...a, ...b]);
  const share = (some: readonly number[], x: number): number => some.filter((one) => one <= x).length / some.length;
  let area = 0;
  for (let i = 1; i < xs.length; i++)
    area += Math.abs(share(a, xs[i - 1]!) - share(b, xs[i - 1]!)) * (xs[i]! - xs[i - 1]!);
  return area;
}

test('the example of the documentation of scipy', () => {
  near(exactWasserstein([0, 1, 3], [5, 6, 8]), 5);
  near(ofDigests([0, 1, 3], [5, 6, 8]), 5);
});

test('raw values and exact digests have the area between the distribution functions', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      near(exactWasserstein(ascending(a), ascending(b)), brute(a, b));
      near(ofDigests(a, b), brute(a, b));
    }),
  );
});

test('it is a metric: symmetric, 0 for the same values, and no detour is shorter', () => {
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      const [ab, bc, ac] = [ofDigests(a, b), ofDigests(b, c), ofDigests(a, c)];
      near(ofDigests(b, a), ab);
      assert.equal(ofDigests(a, a), 0);
      assert.ok(ac <= ab + bc + 1e-9, `${ac} against ${ab} + ${bc}`);
    }),
  );
});

test('it is zero only for equal distributions', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const [x, y] = [ascending(a), ascending(b)];
      const same = x.length === y.length && x.every((value, index) => value === y[index]);
      fc.pre(x.length === y.length && !same);
      assert.ok(exactWasserstein(x, y) > 0);
    }),
  );
});

test('in sigmas it does not depend on unit or origin, and a shift by half a sigma is 0.5', () => {
  const wide = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 100 });
  fc.assert(
    fc.property(
      wide,
      wide,
      fc.constantFrom(0.001, 0.5, 7, 1000),
      fc.integer({ min: -100, max: 100 }),
      (a, b, scale, origin) => {
        fc.pre(new Set(a).size > 1);
        const moved = (some: readonly number[]) =>
          summaryOf(
            'number',
            some.map((x) => x * scale + origin),
          );
        near(
          wassersteinPerSigma(moved(a), moved(b)),
          wassersteinPerSigma(summaryOf('number', a), summaryOf('number', b)),
        );
        const reference = summaryOf('number', a);
        const shifted = a.map((x) => x + reference.moments.deviation / 2);
        near(wassersteinPerSigma(reference, summaryOf('number', shifted)), 0.5);
      },
    ),
  );
});

test('windows that are merged give what one gives, exactly while digests are exact and nearly beyond', () => {
  const few = Array.from({ length: 400 }, (_, index) => (index * 37) % 211);
  const reference = summaryOf(
    'number',
    few.map((x) => x * 1.5),
  );
  near(
    wassersteinPerSigma(reference, mergedSummaryOf('number', few, 7)),
    wassersteinPerSigma(reference, summaryOf('number', few)),
  );
  const many = Array.from({ length: 20_000 }, (_, index) => Math.sin(index) * 3 + Math.cos(index * 1.7));
  const wide = summaryOf(
    'number',
    many.map((x) => x * 1.2),
  );
  const [merged, whole] = [mergedSummaryOf('number', many, 24), summaryOf('number', many)];
  assert.ok(Math.abs(wassersteinPerSigma(wide, merged) - wassersteinPerSigma(wide, whole)) < 0.002);
});

test('where two curves of digests cross between their knots, both sides of the crossing count', () => {
  // Digests of few centroids, whose curves are long straight lines.
  const coarse = { sizeRule: { middle: 0.5, tail: 1 } };
  const wide = Array.from({ length: 10_000 }, (_, index) => (index + 0.5) / 10_000 - 0.5);
  const [one, other] = [1, 0.3].map((spread) => {
    const skewed = wide.map((x) => x * spread + x ** 2 / 5);
    return summaryOf('number', skewed, coarse).digest;
  }) as [Digest, Digest];
  assert.ok(one.centroidCount < 60, `${one.centroidCount} centroids`);
  const [from, to, steps] = [-0.6, 0.6, 60_000];
  let area = 0;
  for (let step = 0; step < steps; step++) {
    const x = from + ((to - from) * (step + 0.5)) / steps;
    area += (Math.abs(one.cdf(x) - other.cdf(x)) * (to - from)) / steps;
  }
  assert.ok(Math.abs(wasserstein(one, other) - area) < 2e-6, `${wasserstein(one, other)} against ${area}`);
});

test('a constant baseline has no sigma: 0 while nothing moves, and a clear error once something does', () => {
  const constant = summaryOf('number', [5, 5, 5]);
  const score = (live: readonly number[]) =>
    MEASURES.wasserstein.score({ live: summaryOf('number', live), reference: constant, bins: null });
  assert.equal(score([5, 5]), 0);
  assert.throws(() => score([5, 6]), {
    name: 'RangeError',
    message: /the baseline is constant.*use ks, psi or range_share/,
  });
  assert.ok(Number.isNaN(score([])), 'nothing to compare is no error of the baseline');
});

test('empty sides have no distance, and what goes beyond the doubles is told as that', () => {
  assert.ok(Number.isNaN(exactWasserstein([], [1])));
  assert.ok(Number.isNaN(exactWasserstein([1], [])));
  assert.ok(Number.isNaN(ofDigests([], [1])));
  const far = summaryOf('number', [-1.7e308, 1.7e308]);
  assert.equal(wassersteinPerSigma(far, far.clone()), 0);
  const low = summaryOf('number', [-1.7e308, -1.7e308]);
  assert.throws(() => wassersteinPerSigma(far, low), { name: 'RangeError', message: /beyond the largest number/ });
});
