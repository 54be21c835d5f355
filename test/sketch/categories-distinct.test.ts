import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Categories, categoryKey, DISTINCT_STANDARD_ERROR, Distinct, MAX_CATEGORY_CAP } from '@tidemark/sketch';
import fc from 'fast-check';
import { assertBounds, categoriesOf, mergedInAnyOrder, sent } from './category-truth.ts';
import { seeded } from './datasets.ts';

function* numbered(prefix: string, n: number): Generator<string> {
  for (let i = 0; i < n; i++) yield `${prefix}${i}`;
}

function estimateOf(keys: Iterable<string>): number {
  const distinct = new Distinct();
  for (const key of keys) distinct.add(key);
  return distinct.estimate();
}

// Written by version 1: keys DE, FR, DE, ü with cap 4; and two sketches of 8 keys each with cap 3, merged.
const V1_EXACT =
  '010104000300040000000000000000000000000000000000000000000000024445020000000000000000000000000000000246520100000000000000000000000000000002c3bc01000000000000000000000000000000';
const V1_LOSSY =
  '010003000300100000000000000006000000000000000400000000000000016104000000000000000000000000000000016203000000000000000100000000000000017a03000000000000000100000000000000';

describe('Categories.distinct', () => {
  it('is exact, and costs nothing, while every key is listed', () => {
    const categories = categoriesOf([...numbered('k', 256), ...numbered('k', 256)]);
    assert.deepEqual([categories.distinct, categories.distinctError, categories.exact], [256, 0, true]);
    assert.equal(categories.memoryBytes, 256 * 128);
    const keyBytes = [...numbered('k', 256)].reduce((sum, key) => sum + key.length + 17, 0);
    assert.equal(categories.toBytes().length, 30 + keyBytes);
    assert.equal(new Categories().distinct, 0);
  });

  it('goes on from there', () => {
    const categories = categoriesOf(numbered('k', 257));
    assert.deepEqual([categories.distinct, categories.distinctError, categories.exact], [257, 0, false]);
    for (const key of numbered('k', 2048)) categories.add(key);
    assert.equal(categories.distinct, 2048);
    for (const key of numbered('k', 5000)) categories.add(key);
    assert.equal(categories.distinctError, DISTINCT_STANDARD_ERROR);
    assert.ok(Math.abs(categories.distinct - 5000) < 5000 * 3.5 * DISTINCT_STANDARD_ERROR);
  });

  it('is within 3.5 standard errors at 10 to 100 000 keys', () => {
    for (const [n, seeds] of [
      [10, 3],
      [100, 3],
      [1000, 5],
      [10_000, 10],
      [100_000, 5],
    ] as const) {
      for (let seed = 0; seed < seeds; seed++) {
        const categories = categoriesOf(numbered(`${seed}/`, n));
        const most = 3.5 * categories.distinctError * n;
        assert.ok(Math.abs(categories.distinct - n) <= most, `${n}: ${categories.distinct}`);
      }
    }
  });

  it('is within 3 % at a million keys, in 64 KiB with all counts', () => {
    for (const prefix of ['user-', 'a key that is as long as keys can be, which is 64 bytes, ab']) {
      const categories = categoriesOf(numbered(prefix, 1_000_000));
      assert.ok(Math.abs(categories.distinct / 1e6 - 1) <= 0.03, `${categories.distinct}`);
      const { length } = categories.toBytes();
      assert.ok(length <= 30 * 1024, `${length} bytes`);
      assert.ok(categories.memoryBytes <= 64 * 1024, `${categories.memoryBytes} bytes of memory`);
    }
  });

  it('fits the message of the wire with the largest cap', () => {
    const { length } = categoriesOf(numbered('€'.repeat(19), 100_000), MAX_CATEGORY_CAP).toBytes();
    assert.ok(length <= 512 * 1024, `${length} bytes`);
  });

  it('depends on the set of keys only, however parted, merged in any order, and sent', () => {
    const part = fc.array(
      fc.integer({ min: 0, max: 30 }).map((i) => `k${i}`),
      { maxLength: 50 },
    );
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer(),
        part,
        (parts, cap, seed, after) => {
          const merged = mergedInAnyOrder(
            parts.map((keys) => categoriesOf(keys, cap)),
            seeded(seed),
          );
          // Keys that dropped out come again, those that are listed are not hashed again.
          for (const key of after) merged.add(key);
          const all = [...parts.flat(), ...after];
          assert.equal(merged.distinct, new Set(all).size);
          assert.equal(merged.distinct, categoriesOf(all, cap).distinct);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('has the same registers as one big stream, also when there are many', () => {
    const random = seeded(4);
    for (const n of [3, 40, 360]) {
      const parts = Array.from({ length: n }, () =>
        Array.from({ length: Math.floor(random() * (40_000 / n)) }, () => `k${Math.floor(random() ** 3 * 20_000)}`),
      );
      const sides = parts.map((keys) => categoriesOf(keys));
      const expected = estimateOf(parts.flat());
      for (let order = 0; order < 2; order++) assert.equal(mergedInAnyOrder(sides, random).distinct, expected);
      assert.equal(categoriesOf(parts.flat()).distinct, expected);
    }
  });

  it('counts keys, so texts that are one key are one', () => {
    const hostile = ['', '__proto__', 'constructor', '\ud800', '\ufffd', '\0', 'x'.repeat(1_000_000), '🦊'.repeat(40)];
    for (const cap of [3, 256]) {
      const categories = categoriesOf([...hostile, ...hostile], cap);
      assert.equal(categories.distinct, hostile.length - 1);
      assertBounds(categories, [...hostile, ...hostile].map(categoryKey));
      assert.equal(sent(categories).distinct, hostile.length - 1);
    }
  });

  it('stays between the keys listed and the total', () => {
    const categories = categoriesOf(['a', 'b', 'c'], 2);
    const bytes = categories.toBytes();
    // The last three entries of the Distinct taken out: registers that know of no key.
    const lying = Categories.fromBytes(Uint8Array.of(...bytes.slice(0, -18), 4, 0, 1, 0, 0, 0));
    assert.deepEqual([lying.size, lying.distinct], [2, 2]);
  });

  it('is independent in a clone', () => {
    const categories = categoriesOf(numbered('k', 300));
    const twin = categories.clone();
    for (const key of numbered('other', 5000)) twin.add(key);
    assert.equal(categories.distinct, 300);
  });
});

describe('Categories of version 1', () => {
  const read = (hex: string) => Categories.fromBytes(Buffer.from(hex, 'hex'));

  it('are read as they were when exact, and written as version 2', () => {
    const exact = read(V1_EXACT);
    assert.deepEqual([exact.exact, exact.total, exact.distinct, exact.count('DE')], [true, 4, 3, 2]);
    assert.deepEqual(exact.toBytes(), categoriesOf(['DE', 'FR', 'DE', 'ü'], 4).toBytes());
  });

  it('start the estimate from the keys they list when not', () => {
    const lossy = read(V1_LOSSY);
    const keys = ['a', 'a', 'a', 'b', 'c', 'd', 'a', 'e', 'x', 'a', 'y', 'z', 'z', 'w', 'b', 'b'];
    assertBounds(lossy, keys);
    assert.ok(!lossy.exact && lossy.underCount > 0);
    assert.equal(lossy.distinct, 3);
    for (const key of keys) lossy.add(key);
    assert.equal(lossy.distinct, new Set(keys).size);
    assertBounds(lossy, [...keys, ...keys]);
    assert.deepEqual(sent(lossy).toBytes(), lossy.toBytes());
  });

  it('keep their bounds when merged', () => {
    const keys = ['a', 'a', 'a', 'b', 'c', 'd', 'a', 'e', 'x', 'a', 'y', 'z', 'z', 'w', 'b', 'b'];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...'abcdefxyzw'), { maxLength: 40 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer(),
        (others, times, cap, seed) => {
          const old = Array.from({ length: times }, () => read(V1_LOSSY));
          const merged = mergedInAnyOrder([...old, categoriesOf(others, cap)], seeded(seed));
          assertBounds(merged, [...old.flatMap(() => keys), ...others]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never say that a key can be missing more often than there are values', () => {
    const bytes = Buffer.from(V1_LOSSY, 'hex');
    bytes.writeUInt32LE(1_000_000, 22);
    const lossy = Categories.fromBytes(bytes);
    assert.deepEqual([lossy.underCount, lossy.unlistedMost], [16, 16]);
    assert.deepEqual(sent(lossy).toBytes(), lossy.toBytes());
  });
});
