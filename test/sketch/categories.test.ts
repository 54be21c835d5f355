import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Categories, MAX_COUNT, SketchError } from '@tidemark/sketch';
import { assertBounds, assertFrequentListed, categoriesOf } from './category-truth.ts';
import { seeded } from './datasets.ts';

/** Keys of which few are frequent and most are rare. */
function skewedKeys(n: number, seed: number): string[] {
  const random = seeded(seed);
  return Array.from({ length: n }, () => `k${Math.floor(1 / (random() + 1e-4))}`);
}

describe('Categories', () => {
  it('lists anew after every way of counting in', () => {
    const categories = categoriesOf(['a', 'b']);
    const counts = () =>
      categories
        .entries()
        .map(({ key, count }) => `${key}${count}`)
        .join(' ');
    assert.equal(counts(), 'a1 b1');
    categories.add('b');
    assert.equal(counts(), 'b2 a1');
    categories.merge(categoriesOf(['a', 'a']));
    assert.equal(counts(), 'a3 b2');
    const { slots, counts: listed } = categories.listed;
    listed.set([7], slots.get('b'));
    categories.recount();
    assert.equal(counts(), 'b7 a3');
    assert.deepEqual(Categories.fromBytes(categories.toBytes()).entries(), categories.entries());
    categories.add('c', 9);
    assert.equal(counts(), 'c9 b7 a3');
  });

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
    for (const cap of [1, 2, 3, 32, 100]) {
      const categories = categoriesOf(keys, cap);
      assertBounds(categories, keys);
      assertFrequentListed(categories, keys);
      assert.ok(!categories.exact);
      assert.equal(categories.other, 0);
    }
  });

  it('gives up a key that is among the rarest, whatever was counted how often before', () => {
    const random = seeded(3);
    const categories = new Categories({ cap: 20 });
    const counts = new Map<string, number>();
    for (let i = 0; i < 5000; i++) {
      const key = `k${Math.floor(random() ** 2 * 60)}`;
      const count = random() < 0.1 ? 1 + Math.floor(random() * 50) : 1;
      const least = Math.min(...counts.values());
      const before = new Set(counts.keys());
      categories.add(key, count);
      const after = categories.entries();
      const gone = [...before].filter((one) => categories.count(one) === 0);
      for (const one of gone) assert.equal(counts.get(one), least);
      counts.clear();
      for (const entry of after) counts.set(entry.key, entry.count);
    }
  });

  it('takes in itself, keys longer than 64 bytes, and keeps a clone independent', () => {
    const categories = categoriesOf(['a', 'x'.repeat(1000)]);
    categories.merge(categories);
    assert.equal(categories.count('a'), 2);
    assert.equal(categories.count('x'.repeat(1000)), 2);
    categories.clone().add('b');
    assert.equal(categories.size, 2);
  });

  it('does not keep a large text alive for a key cut out of it', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const categories = new Categories();
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 64; i++) {
      const text = ['x'.repeat(1_000_000), String(i).padStart(20, 'y')].join('');
      categories.add(text.slice(-30));
      categories.add(text);
    }
    collect();
    const grown = process.memoryUsage().heapUsed - before;
    assert.equal(categories.size, 128);
    assert.ok(grown < 10e6, `${grown} bytes kept`);
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
      '020002000200040000000000000000000000000000000000000000000000016102000000000000000000000000000000' +
        '016202000000000000000100000000000000' +
        '100001000300c05788184049342d00512cab',
    );
    assert.deepEqual(Categories.fromBytes(categories.toBytes()).entries(), categories.entries());
    assert.equal(Categories.fromBytes(new Categories().toBytes()).total, 0);
    assert.equal(
      Buffer.from(categoriesOf(['a', 'ü', 'a']).toBytes()).toString('hex'),
      '020100010200030000000000000000000000000000000000000000000000016102000000000000000000000000000000' +
        '02c3bc01000000000000000000000000000000',
    );
  });

  it('is read from mutated bytes as an error or as something that keeps its laws, 100 000 times, fast', () => {
    const random = seeded(8);
    const one = categoriesOf(skewedKeys(300, 5), 16);
    one.merge(categoriesOf(skewedKeys(100, 6), 16));
    const originals = [
      new Categories().toBytes(),
      categoriesOf(['a', 'b', 'ü', 'a']).toBytes(),
      categoriesOf(['a', 'b', 'ü', 'a'], 2).toBytes(),
      categoriesOf(skewedKeys(30, 5), 6).toBytes(),
      one.toBytes(),
    ];
    const dense = categoriesOf(Array.from({ length: 3000 }, String), 4).toBytes();
    const started = process.cpuUsage().user;
    let read = 0;
    for (let i = 0; i < 100_000; i++) {
      const original = i % 50 === 0 ? dense : originals[i % originals.length]!;
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
      assert.ok(categories.distinct >= categories.size && categories.distinct <= categories.total);
      // Some mutants are of version 1: those are written as version 2.
      if (bytes[0] === 2 && Buffer.compare(categories.toBytes(), bytes) !== 0) assert.fail('reads as another form');
      if (categories.total > MAX_COUNT / 4) continue;
      const merged = categories.clone();
      merged.merge(Categories.fromBytes(categories.toBytes()));
      merged.add('another');
      assert.equal(merged.total, 2 * categories.total + 1);
      assert.ok(merged.other >= 0 && merged.size <= merged.cap);
    }
    assert.ok(read > 1000, `${read} mutants were read`);
    const seconds = (process.cpuUsage().user - started) / 1e6;
    assert.ok(seconds < 5, `took ${seconds} s`);
  });
});

describe('listed keys', () => {
  it('can be counted by code of its own, which then has them counted anew', () => {
    const categories = new Categories({ cap: 2 });
    categories.add('a');
    for (const key of ['a', 'b', 'a']) {
      const { slots, counts } = categories.listed;
      const slot = slots.get(key);
      if (slot === undefined) categories.add(key);
      else counts[slot]!++;
    }
    categories.recount();
    assert.deepEqual([categories.total, categories.count('a'), categories.count('b')], [4, 3, 1]);
    categories.add('c');
    const { slots, counts } = categories.listed;
    counts[slots.get('c')!]!++;
    categories.recount();
    assert.equal(categories.total, 6);
    assert.equal(
      categories.entries().reduce((sum, { count }) => sum + count, categories.other),
      6,
    );
  });
});
