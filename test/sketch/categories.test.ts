import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Categories, MAX_COUNT, SketchError } from '@tidemark/sketch';
import fc from 'fast-check';
import { seeded } from './datasets.ts';

function categoriesOf(keys: Iterable<string>, cap?: number): Categories {
  const categories = new Categories(cap === undefined ? {} : { cap });
  for (const key of keys) categories.add(key);
  return categories;
}

function trueCounts(keys: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** What holds of every Categories, given all that went into it. */
function assertBounds(categories: Categories, keys: readonly string[]): void {
  const truth = trueCounts(keys);
  const entries = categories.entries();
  assert.equal(categories.total, keys.length);
  assert.equal(entries.reduce((sum, { count }) => sum + count, 0) + categories.other, keys.length);
  assert.ok(entries.length <= categories.cap);
  for (const { key, count, overCount } of entries) {
    const real = truth.get(key) ?? 0;
    assert.ok(count - overCount <= real, `${key} occurred ${real} times, at least ${count - overCount} reported`);
    assert.ok(real <= count + categories.underCount, `${key} occurred ${real} times, at most ${count} reported`);
  }
  for (const [key, real] of truth) {
    if (categories.count(key) === 0) assert.ok(real <= categories.unlistedMost, `${key} unlisted, yet ${real} times`);
  }
}

/** Keys of which few are frequent and most are rare. */
function skewedKeys(n: number, seed: number): string[] {
  const random = seeded(seed);
  return Array.from({ length: n }, () => `k${Math.floor(1 / (random() + 1e-4))}`);
}

describe('Categories', () => {
  it('counts exactly while all keys fit, listing by count and then by key', () => {
    const categories = categoriesOf(['b', 'a', 'c', 'c', '__proto__', '1', 'toString']);
    categories.add('c', 3);
    assert.deepEqual(categories.entries(), [
      { key: 'c', count: 5, overCount: 0 },
      ...['1', '__proto__', 'a', 'b', 'toString'].map((key) => ({ key, count: 1, overCount: 0 })),
    ]);
    assert.deepEqual([categories.total, categories.size, categories.other, categories.exact], [10, 6, 0, true]);
    assert.equal(categories.count('c'), 5);
    assert.equal(categories.count('constructor'), 0);
  });

  it('keeps frequent keys and reports over-counts beyond the cap', () => {
    const keys = skewedKeys(20_000, 1);
    const categories = categoriesOf(keys, 32);
    assertBounds(categories, keys);
    assert.ok(!categories.exact);
    assert.equal(categories.other, 0);
    for (const [key, real] of trueCounts(keys)) {
      if (real > keys.length / 32) assert.ok(categories.count(key) >= real, `${key} is frequent`);
    }
  });

  it('keeps its bounds whatever is added, merged in any order and sent through bytes', () => {
    const key = fc.integer({ min: 0, max: 40 }).map((i) => `k${Math.floor(i ** 2 / 40)}`);
    const lists = fc.array(fc.array(key, { maxLength: 60 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 12 }), fc.array(key, { maxLength: 30 }), (parts, cap, after) => {
        for (const order of [parts, parts.toReversed()]) {
          const merged = new Categories({ cap });
          for (const part of order) merged.merge(Categories.fromBytes(categoriesOf(part, cap).toBytes()));
          assertBounds(merged, parts.flat());
          for (const one of after) merged.add(one);
          assertBounds(merged, [...parts.flat(), ...after]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is the same in any order of merging while all keys fit', () => {
    const parts = [skewedKeys(50, 1), skewedKeys(50, 2), skewedKeys(50, 3)];
    const bytesOf = (order: string[][]) => {
      const merged = new Categories();
      for (const part of order) merged.merge(categoriesOf(part));
      return Buffer.from(merged.toBytes()).toString('hex');
    };
    assert.equal(bytesOf(parts), bytesOf(parts.toReversed()));
    assert.equal(bytesOf(parts), Buffer.from(categoriesOf(parts.flat()).toBytes()).toString('hex'));
  });

  it('takes in itself, keys longer than 64 bytes, and keeps a clone independent', () => {
    const categories = categoriesOf(['a', 'x'.repeat(1000)]);
    categories.merge(categories);
    assert.equal(categories.count('a'), 2);
    assert.equal(categories.count('x'.repeat(1000)), 2);
    categories.clone().add('b');
    assert.equal(categories.size, 2);
  });

  it('refuses counts and caps out of range', () => {
    for (const cap of [0, 1.5, 5000, Number.NaN]) {
      assert.throws(() => new Categories({ cap }), { name: 'SketchError', code: 'SKETCH_OPTION_INVALID' });
    }
    const categories = categoriesOf(['a']);
    for (const count of [0, -1, 0.5, Number.NaN, 2 ** 53, MAX_COUNT]) {
      assert.throws(() => categories.add('a', count), { name: 'SketchError', code: 'SKETCH_VALUE_INVALID' });
    }
    assert.equal(categories.total, 1);
  });

  it('has a byte form that stays what it is', () => {
    const categories = categoriesOf(['a', 'ü', 'a', 'b'], 2);
    assert.equal(
      Buffer.from(categories.toBytes()).toString('hex'),
      '010002000200040000000000000000000000000000000000000000000000016102000000000000000000000000000000016202000000000000000100000000000000',
    );
    assert.deepEqual(Categories.fromBytes(categories.toBytes()).entries(), categories.entries());
    assert.equal(Categories.fromBytes(new Categories().toBytes()).total, 0);
  });

  it('is read from mutated bytes as an error or as something that keeps its laws', () => {
    const random = seeded(8);
    const originals = [
      new Categories().toBytes(),
      categoriesOf(['a', 'b', 'ü', 'a']).toBytes(),
      categoriesOf(skewedKeys(300, 5), 16).toBytes(),
    ];
    let read = 0;
    for (let i = 0; i < 20_000; i++) {
      const original = originals[i % 3]!;
      const bytes = original.slice(0, random() < 0.05 ? Math.floor(random() * original.length) : original.length);
      if (bytes.length > 0) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      let categories: Categories;
      try {
        categories = Categories.fromBytes(bytes);
      } catch (error) {
        assert.ok(error instanceof SketchError && error.code === 'SKETCH_BYTES_INVALID', String(error));
        continue;
      }
      read++;
      const sum = categories.entries().reduce((total, { count }) => total + count, 0);
      assert.equal(sum + categories.other, categories.total);
      assert.deepEqual(Buffer.from(categories.toBytes()), Buffer.from(bytes));
    }
    assert.ok(read > 100, `${read} mutants were read`);
  });
});
