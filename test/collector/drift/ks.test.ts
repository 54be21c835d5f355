import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Digest } from '@tidemark/sketch';
import fc from 'fast-check';
import { exactKs, ks } from '../../../collector/src/drift/ks.ts';

function digestOf(values: Iterable<number>): Digest {
  const digest = new Digest();
  for (const value of values) digest.add(value);
  return digest;
}

/** The definition, word for word. */
function bruteKs(reference: readonly number[], live: readonly number[]): number {
  const share = (values: readonly number[], x: number): number =>
    values.filter((value) => value <= x).length / values.length;
  return Math.max(...[...reference, ...live].map((x) => Math.abs(share(reference, x) - share(live, x))));
}

const values = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 120 });

test('ks on raw values is the largest gap at any pooled value, ties included', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const found = exactKs(Float64Array.from(a).sort(), Float64Array.from(b).sort());
      assert.ok(Math.abs(found - bruteKs(a, b)) < 1e-12);
    }),
  );
});

test('ks on digests of few distinct values is exact, whichever side has more', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      assert.ok(Math.abs(ks(digestOf(a), digestOf(b)) - bruteKs(a, b)) < 1e-12);
      assert.ok(Math.abs(ks(digestOf(b), digestOf(a)) - bruteKs(a, b)) < 1e-12);
    }),
  );
});

test('ks is 1 for disjoint sides, 0 for the same, NaN for an empty side', () => {
  assert.equal(ks(digestOf([1, 2, 3]), digestOf([4, 5])), 1);
  assert.equal(ks(digestOf([1, 2, 2]), digestOf([2, 1, 2])), 0);
  assert.ok(Number.isNaN(ks(digestOf([]), digestOf([1]))));
  assert.ok(Number.isNaN(exactKs([1], [])));
});

test('a heavy atom that splits in two is seen in full although it spans no width', () => {
  const many = (value: number, count: number): number[] => new Array<number>(count).fill(value);
  const ramp = Array.from({ length: 5000 }, (_, index) => 10 + index / 100);
  const found = ks(digestOf([...many(0, 5000), ...ramp]), digestOf([...many(0, 2500), ...many(1e-9, 2500), ...ramp]));
  assert.ok(Math.abs(found - 0.25) < 0.002, `${found}`);
});
