import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Categories, Digest } from '@tidemark/sketch';
import fc from 'fast-check';

const values = fc.array(
  fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  {
    maxLength: 700,
  },
);
const keys = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'ab', 'key', 'é', '😀', ''), fc.string({ maxLength: 80 })), {
  maxLength: 60,
});

function digestOf(all: readonly number[]): Digest {
  const digest = new Digest();
  digest.addAll(all);
  return digest;
}

function categoriesOf(all: readonly string[], cap = 16): Categories {
  const categories = new Categories({ cap });
  for (const key of all) categories.add(key);
  return categories;
}

const SHARES = [0, 0.05, 0.5, 0.99, 1];
const toldByDigest = (digest: Digest) => [
  digest.count,
  digest.centroidCount,
  digest.min,
  digest.max,
  digest.exact,
  digest.quantiles(SHARES),
  digest.cdf(0),
  digest.toBytes(),
];
const toldByCategories = (categories: Categories) => [
  categories.total,
  categories.size,
  categories.exact,
  categories.distinct,
  categories.unlistedMost,
  categories.entries(),
  categories.entries(3),
  categories.count('a'),
  categories.toBytes(),
];

describe('sketches that stay in their bytes', () => {
  test('a digest tells the same in whatever order it is asked', () =>
    fc.assert(
      fc.property(values, fc.nat(), (all, first) => {
        const bytes = digestOf(all).toBytes();
        const kept = Digest.over(bytes);
        // What is asked first may find it packed, and what comes after may not.
        const asked = toldByDigest(Digest.fromBytes(bytes));
        kept.quantile(0.5);
        assert.deepEqual(toldByDigest(kept), asked);
        const fresh = Digest.over(bytes);
        const questions: (() => unknown)[] = [
          () => fresh.quantiles(SHARES),
          () => fresh.toBytes(),
          () => fresh.clone(),
          () => fresh.add(1),
        ];
        questions[first % questions.length]!();
        assert.deepEqual(fresh.count, first % questions.length === 3 ? all.length + 1 : all.length);
      }),
    ));

  test('a digest is merged alike, packed or not, on either side', () =>
    fc.assert(
      fc.property(values, values, (ours, theirs) => {
        const [a, b] = [digestOf(ours).toBytes(), digestOf(theirs).toBytes()];
        const expected = Digest.fromBytes(a);
        expected.merge(Digest.fromBytes(b));
        const given = Digest.over(b);
        for (const held of [Digest.over(a), Digest.over(a).clone(), Digest.fromBytes(a)]) {
          held.merge(given);
          assert.deepEqual(toldByDigest(held), toldByDigest(expected));
        }
        assert.deepEqual(given.toBytes(), b, 'what was merged in is as it was');
        assert.deepEqual(a, digestOf(ours).toBytes(), 'and nobody wrote into the bytes');
      }),
    ));

  test('categories tell the same', () =>
    fc.assert(
      fc.property(keys, (all) => {
        const bytes = categoriesOf(all).toBytes();
        const expected = toldByCategories(Categories.fromBytes(bytes));
        assert.deepEqual(toldByCategories(Categories.over(bytes)), expected);
        assert.deepEqual(toldByCategories(Categories.over(bytes).clone()), expected);
        const counted = Categories.over(bytes);
        counted.add('new here');
        assert.equal(counted.total, all.length + 1);
        assert.deepEqual(bytes, categoriesOf(all).toBytes());
      }),
    ));

  test('categories are merged alike, packed or not, again and again', () =>
    fc.assert(
      fc.property(fc.array(keys, { minLength: 2, maxLength: 6 }), fc.constantFrom(4, 16, 512), (parts, cap) => {
        const all = parts.map((part) => categoriesOf(part, cap).toBytes());
        const expected = Categories.fromBytes(all[0]!);
        const held = Categories.over(all[0]!);
        for (const bytes of all.slice(1)) {
          expected.merge(Categories.fromBytes(bytes));
          held.merge(Categories.over(bytes));
          // Bytes are asked for in between as the collector does, which orders the keys.
          assert.deepEqual(held.toBytes(), expected.toBytes());
        }
        assert.deepEqual(toldByCategories(held), toldByCategories(expected));
      }),
    ));

  test('a sketch merges with itself while it is packed', () => {
    const digest = Digest.over(digestOf([1, 2, 3]).toBytes());
    digest.merge(digest);
    assert.deepEqual([digest.count, digest.quantile(0.5)], [6, 2]);
    const categories = Categories.over(categoriesOf(['a', 'b', 'a']).toBytes());
    categories.merge(categories);
    assert.deepEqual([categories.total, categories.count('a')], [6, 4]);
  });

  test('bytes that are handed out are copies, also of a Buffer', () => {
    const digest = Digest.over(Buffer.from(digestOf([1, 2, 3]).toBytes()));
    digest.toBytes().fill(0);
    assert.equal(digest.quantile(1), 3);
    const categories = Categories.over(Buffer.from(categoriesOf(['a']).toBytes()));
    categories.toBytes().fill(0);
    assert.equal(categories.count('a'), 1);
  });

  test('damage is found at once, not when it is asked', () => {
    const bytes = digestOf(Array.from({ length: 2_000 }, (_, i) => Math.sqrt(i))).toBytes();
    bytes[bytes.length - 1]! ^= 0x10;
    assert.throws(() => Digest.over(bytes), { code: 'SKETCH_BYTES_INVALID' });
    const listed = categoriesOf(['a', 'b']).toBytes();
    listed[listed.indexOf(0x62)] = 0x61;
    assert.throws(() => Categories.over(listed), { code: 'SKETCH_BYTES_INVALID', message: /twice|order/ });
  });

  test('counts beyond what is ordered by one number are in order all the same', () => {
    const categories = new Categories();
    categories.add('rare', 2 ** 45);
    categories.add('frequent', 2 ** 46);
    categories.add('as rare', 2 ** 45);
    assert.deepEqual(
      categories.entries().map(({ key }) => key),
      ['frequent', 'as rare', 'rare'],
    );
  });
});
