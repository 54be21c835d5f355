import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Categories } from '@tidemark/sketch';
import fc from 'fast-check';
import { assertBounds, assertFrequentListed, categoriesOf, mergedInAnyOrder, sent } from './category-truth.ts';
import { seeded } from './datasets.ts';

type Random = () => number;
type Parts = string[][];

/** Index of a Zipf-distributed key, the first the most frequent. */
function zipf(random: Random, keys: number, exponent: number): number {
  // Inverse of the continuous distribution of the same tail.
  const power = 1 - exponent;
  return Math.floor((random() * (keys ** power - 1) + 1) ** (1 / power)) - 1;
}

function partsOf(n: number, size: number, key: (part: number, i: number) => string): Parts {
  return Array.from({ length: n }, (_, part) => Array.from({ length: size }, (_, i) => key(part, i)));
}

/** Streams that try to get a frequent key lost; `size` values in each of `n` parts. */
const STREAMS: Readonly<Record<string, (random: Random, n: number, size: number, cap: number) => Parts>> = {
  zipf: (random, n, size, cap) => partsOf(n, size, () => `k${zipf(random, cap * 40, 1.1)}`),
  'nearly flat zipf': (random, n, size, cap) => partsOf(n, size, () => `k${zipf(random, cap * 4, 0.6)}`),
  'heavy keys among keys that never come again': (random, n, size, cap) =>
    partsOf(n, size, (part, i) => (random() < 0.3 ? `heavy${Math.floor(random() * cap * 0.25)}` : `noise${part}/${i}`)),
  'heavy keys of few parts only': (random, n, size, cap) =>
    partsOf(n, size, (part, i) =>
      part % Math.ceil(n / 6) === 0 && random() < 0.7 ? `heavy${part % 7}` : `noise${(part * 7 + i) % (cap * 30)}`,
    ),
  'a key just too rare to be kept in most parts, all of some': (random, n, size, cap) =>
    partsOf(n, size, (part, i) => {
      if (part % 97 === 5) return 'hidden';
      return random() < 0.95 / cap ? 'hidden' : `k${i % (cap + 1)}`;
    }),
  'decoys that are a little more frequent in each part': (random, n, size, cap) =>
    partsOf(n, size, (part, i) => (i % (cap + 2) === 0 ? 'hidden' : `decoy${part % 3}/${Math.floor(random() * cap)}`)),
  'the heavy key first, then all others in turn': (_random, n, size, cap) =>
    partsOf(n, size, (part, i) => (part * size + i < (n * size) / (cap * 0.9) ? 'hidden' : `k${i % (cap * 3)}`)),
  'the heavy key last': (_random, n, size, cap) =>
    partsOf(n, size, (part, i) => ((n - part) * size - i <= (n * size) / (cap * 0.9) ? 'hidden' : `k${i % (cap * 3)}`)),
};

describe('Categories, merged', () => {
  for (const [name, streamOf] of Object.entries(STREAMS)) {
    it(`lists every key above 1 % after any partition and order: ${name}`, () => {
      fc.assert(
        fc.property(
          fc.integer(),
          fc.constantFrom(1, 2, 7, 60, 360),
          fc.constantFrom(4, 16, 256),
          fc.constantFrom(1, 5, 20),
          (seed, n, cap, depth) => {
            const random = seeded(seed);
            const parts = streamOf(random, n, Math.ceil((Math.max(cap, 40) * depth) / Math.max(1, n / 20)), cap);
            const keys = parts.flat();
            const sides = parts.map((part) => categoriesOf(part, cap));
            const chain = new Categories({ cap });
            for (const side of sides) chain.merge(side);
            for (const merged of [mergedInAnyOrder(sides, random), chain, categoriesOf(keys, cap)]) {
              assertBounds(merged, keys);
              assertFrequentListed(merged, keys);
              assert.equal(merged.underCount, 0);
            }
          },
        ),
        { numRuns: 12 },
      );
    });
  }

  it('lists every key above 1 % of a million values in 360 parts', () => {
    const random = seeded(2);
    // 30 keys of 1.05 % each, every one in 12 parts only, 3 with few others; the rest never comes again.
    const parts = partsOf(360, 2800, (part, i) => {
      const heavy = `heavy${part % 30}`;
      return random() < 0.315 ? heavy : `noise${part}/${i}`;
    });
    const sides = parts.map((part) => categoriesOf(part));
    const merged = mergedInAnyOrder(sides, random);
    const keys = parts.flat();
    assertFrequentListed(merged, keys);
    assertBounds(merged, keys);
    const first = merged.entries().slice(0, 30);
    assert.ok(first.every(({ key }) => key.startsWith('heavy')));
    assert.ok(merged.unlistedMost <= keys.length / 256);
  });

  it('keeps its bounds whatever is added, merged, merged with itself and sent, in any order', () => {
    const key = fc.integer({ min: 0, max: 40 }).map((i) => `k${Math.floor(i ** 2 / 40)}`);
    const lists = fc.array(fc.array(key, { maxLength: 60 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 12 }), fc.array(key, { maxLength: 30 }), (parts, cap, after) => {
        for (const order of [parts, parts.toReversed()]) {
          const merged = new Categories({ cap });
          const keys: string[] = [];
          for (const part of order) {
            merged.merge(sent(categoriesOf(part, cap)));
            keys.push(...part);
            assertBounds(merged, keys);
            assertFrequentListed(merged, keys);
            for (const one of after.slice(0, 3)) merged.add(one);
            keys.push(...after.slice(0, 3));
          }
          for (const one of after) merged.add(one, 2);
          keys.push(...after, ...after);
          assertBounds(merged, keys);
          merged.merge(merged);
          assertBounds(merged, [...keys, ...keys]);
          assertFrequentListed(merged, [...keys, ...keys]);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('keeps its bounds among sketches of different caps', () => {
    const part = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 50 }));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), fc.integer(), (parts, seed) => {
        const sides = parts.map(([cap, keys]) => categoriesOf(keys.map(String), cap));
        const keys = parts.flatMap(([, list]) => list.map(String));
        const merged = mergedInAnyOrder(sides, seeded(seed));
        assertBounds(merged, keys);
        for (const one of ['x', 'y', 'x']) merged.add(one);
        assertBounds(merged, [...keys, 'x', 'y', 'x']);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same whichever side is merged into which', () => {
    const key = fc.integer({ min: 0, max: 30 }).map(String);
    const side = fc.array(key, { maxLength: 80 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 10 }), (x, y, cap) => {
        const [one, other] = [categoriesOf(x, cap), categoriesOf(y, cap)];
        one.merge(categoriesOf(y, cap));
        other.merge(categoriesOf(x, cap));
        assert.deepEqual(one.toBytes(), other.toBytes());
      }),
    );
  });

  it('is the same in any order of merging while all keys fit', () => {
    const parts = [1, 2, 3].map((seed) => {
      const random = seeded(seed);
      return Array.from({ length: 50 }, () => `k${zipf(random, 80, 1.2)}`);
    });
    const whole = Buffer.from(categoriesOf(parts.flat()).toBytes());
    for (let seed = 0; seed < 6; seed++) {
      const sides = parts.map((part) => categoriesOf(part));
      assert.deepEqual(Buffer.from(mergedInAnyOrder(sides, seeded(seed)).toBytes()), whole);
    }
  });
});
