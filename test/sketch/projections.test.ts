import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  BASELINE_SIZE_RULE,
  DEFAULT_DIRECTIONS,
  type Digest,
  directionsOf,
  MAX_COUNT,
  maxVectorSize,
  Projections,
  type ProjectionsOptions,
} from '@tidemark/sketch';
import fc from 'fast-check';
import { normal, rankError, seeded } from './datasets.ts';

const SHARES = [0, 0.1, 0.5, 0.9, 1];

function projectionsOf(vectors: readonly ArrayLike<number>[], options: ProjectionsOptions = {}): Projections {
  const projections = new Projections(options);
  for (const vector of vectors) projections.add(vector);
  return projections;
}

function digestsOf(projections: Projections): Digest[] {
  const { norm, values, directions } = projections;
  return [norm, values, ...Array.from({ length: directions }, (_, i) => projections.direction(i))];
}

/** n vectors of d normal components. */
function cloud(n: number, d: number, seed: number): Float32Array[] {
  const random = seeded(seed);
  return Array.from({ length: n }, () => Float32Array.from({ length: d }, () => normal(random)));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] as number) * (b[j] as number);
  return sum;
}

describe('Projections', () => {
  it('keep the norm, the components and the dot products of vectors', () => {
    const vectors = [
      [3, 4],
      [-1, 0.5],
      [0, 0],
    ];
    const projections = projectionsOf(vectors, { directions: 3, seed: 7 });
    assert.deepEqual([projections.count, projections.size, projections.directions, projections.seed], [3, 2, 3, 7]);
    assert.deepEqual(projections.norm.quantiles([0, 0.5, 1]), [0, Math.hypot(1, 0.5), 5]);
    assert.deepEqual([projections.values.count, projections.values.min, projections.values.max], [6, -1, 4]);
    for (const [i, direction] of directionsOf(2, 3, 7).entries()) {
      const products = vectors.map((vector) => dot(vector, direction)).sort((a, b) => a - b);
      const { min, max, count } = projections.direction(i);
      assert.equal(count, 3);
      assert.ok(Math.abs(min - products[0]!) < 1e-12 && Math.abs(max - products[2]!) < 1e-12);
    }
  });

  it('say nothing of size or values before the first vector', () => {
    const empty = new Projections();
    assert.deepEqual([empty.count, empty.size, empty.directions], [0, null, DEFAULT_DIRECTIONS]);
    assert.ok(digestsOf(empty).every((digest) => Number.isNaN(digest.quantile(0.5))));
    assert.throws(() => empty.direction(16), { code: 'SKETCH_OPTION_INVALID' });
    assert.throws(() => empty.direction(-1), { code: 'SKETCH_OPTION_INVALID' });
    assert.equal(new Projections({ size: 3 }).size, 3);
  });

  it('give the same bytes for a vector in any kind of array, across blocks and whatever was added before', () => {
    for (const [size, directions] of [
      [1, 1],
      [2, 5],
      [1023, 6],
      [2500, 7],
    ] as const) {
      const vectors = cloud(5, size, size);
      const bytes = projectionsOf(vectors, { directions }).toBytes();
      const shifted = vectors.map((vector) => {
        const larger = new Float32Array(size + 3);
        larger.set(vector, 3);
        return larger.subarray(3);
      });
      for (const form of [
        vectors.map((vector) => Array.from(vector)),
        vectors.map((vector) => Float64Array.from(vector)),
        vectors.map((vector) => Object.assign({ length: size }, Array.from(vector))),
        shifted,
        vectors.toReversed(),
      ]) {
        assert.deepEqual(projectionsOf(form, { directions }).toBytes(), bytes);
      }
    }
  });

  it('agree with plain dot products, also beyond one block and for numbers of directions that four does not divide', () => {
    const [vector] = cloud(1, 3000, 5) as [Float32Array];
    const projections = projectionsOf([vector], { directions: 7 });
    for (const [i, direction] of directionsOf(3000, 7, 1).entries()) {
      assert.ok(Math.abs(projections.direction(i).max - dot(vector, direction)) < 1e-9);
    }
    assert.ok(Math.abs(projections.norm.max - Math.sqrt(dot(vector, vector))) < 1e-9);
  });

  it('take integers, and pool the components of a large vector fairly', () => {
    const ints = new Projections({ directions: 2 });
    for (const Kind of [Int8Array, Uint8Array, Int16Array, Uint32Array, Uint8ClampedArray]) ints.add(Kind.of(1, 2));
    assert.equal(ints.norm.max, Math.sqrt(5));
    // Component j is about j, so that pooled values show which ones were taken.
    const size = 1000;
    const random = seeded(3);
    const projections = new Projections({ directions: 1 });
    for (let i = 0; i < 2000; i++) projections.add(Float64Array.from({ length: size }, (_, j) => j + random()));
    assert.equal(projections.values.count, 2000 * 128);
    for (const q of [0.001, 0.01, 0.25, 0.5, 0.75, 0.99, 0.999]) {
      assert.ok(Math.abs(projections.values.quantile(q) - size * q) < size * 0.003, `${q}`);
    }
    assert.ok(projections.values.min < 2 && projections.values.max > size - 2);
  });
});

describe('Projections refuse', () => {
  const spoilt: readonly [string, unknown][] = [
    ['NaN', [1, Number.NaN, 3]],
    ['infinity', Float32Array.of(1, Infinity, 3)],
    ['negative infinity', Float64Array.of(-Infinity, 2, 3)],
    ['infinities that cancel', [Infinity, -Infinity, 1]],
    ['a shorter vector', [1, 2]],
    ['a longer vector', [1, 2, 3, 4]],
    ['none', []],
    ['texts', ['1', '2', '3']],
    ['nothing inside', [1, null, 3]],
    ['holes', Object.assign(new Array(3), { 0: 1, 2: 3 })],
    ['bigints', [1n, 2n, 3n]],
    ['an array of bigints', BigInt64Array.of(1n, 2n, 3n)],
    ['a view without components', new DataView(new ArrayBuffer(24))],
    ['a vector whose squares are beyond the doubles', [1e200, 1, 1]],
    ['null', null],
    ['a length that is none', { length: Number.NaN }],
  ];
  for (const [what, vector] of spoilt) {
    it(`${what}, counting nothing, before and after the first vector`, () => {
      for (const earlier of [[], [[1, 2, 3]]]) {
        const projections = projectionsOf(earlier, { directions: 2 });
        const before = projections.toBytes();
        const isOnlyOfAnotherSize = earlier.length === 0 && /(shorter|longer)/.test(what);
        if (isOnlyOfAnotherSize) continue;
        assert.throws(() => projections.add(vector as number[]), { code: 'SKETCH_VALUE_INVALID' });
        assert.deepEqual(projections.toBytes(), before);
        projections.add([4, 5, 6]);
        assert.equal(projections.count, earlier.length + 1);
      }
    });
  }

  it('a vector of another size than a refused first one, no more', () => {
    const projections = new Projections({ directions: 2 });
    assert.equal(projections.take([1e300, 1]), 'positiveInfinity');
    assert.equal(projections.size, null);
    projections.add([1, 2, 3, 4]);
    assert.equal(projections.size, 4);
  });

  it('options out of range', () => {
    const bad: ProjectionsOptions[] = [
      ...[0, 65, 1.5, Number.NaN].map((directions) => ({ directions })),
      ...[-1, 2 ** 32, 0.5, Number.NaN].map((seed) => ({ seed })),
      ...[0, -1, 2.5, Number.NaN, maxVectorSize(DEFAULT_DIRECTIONS) + 1].map((size) => ({ size })),
      { sizeRule: { middle: 0, tail: 0 } },
    ];
    for (const options of bad) assert.throws(() => new Projections(options), { code: 'SKETCH_OPTION_INVALID' });
    const tooLarge = new Float32Array(maxVectorSize(64) + 1);
    assert.equal(new Projections({ directions: 64 }).take(tooLarge), 'size');
  });

  it('to merge what is of another size, seed or number of directions, changing nothing', () => {
    const projections = projectionsOf([[1, 2, 3]], { directions: 4 });
    const before = projections.toBytes();
    for (const other of [
      projectionsOf([[1, 2]], { directions: 4 }),
      new Projections({ directions: 4, size: 2 }),
      projectionsOf([[1, 2, 3]], { directions: 5 }),
      projectionsOf([[1, 2, 3]], { directions: 4, seed: 2 }),
    ]) {
      assert.throws(() => projections.merge(other), { code: 'SKETCH_VALUE_INVALID' });
      assert.deepEqual(projections.toBytes(), before);
    }
  });

  it('to grow beyond what counts can say, changing nothing', () => {
    const half = projectionsOf([[1]], { directions: 1 });
    for (let i = 0; i < 52; i++) half.merge(half.clone());
    assert.equal(half.count, 2 ** 52);
    const before = half.toBytes();
    assert.throws(() => half.merge(half.clone()), { code: 'SKETCH_VALUE_INVALID' });
    assert.deepEqual(half.toBytes(), before);
    const rest = projectionsOf([[1]], { directions: 1 });
    for (let i = 0; i < 51; i++) rest.merge(rest.clone());
    const full = half;
    for (
      let left = MAX_COUNT - full.count;
      full.count < MAX_COUNT - 2 ** 16 && left > 0;
      left = MAX_COUNT - full.count
    ) {
      const piece = projectionsOf([[1]], { directions: 1 });
      while (piece.count * 2 <= left) piece.merge(piece.clone());
      full.merge(piece);
    }
    const count = full.count;
    assert.throws(() => full.add([1]), { code: 'SKETCH_VALUE_INVALID' });
    assert.ok(digestsOf(full).every((digest) => digest.count === count));
  });
});

describe('merged Projections', () => {
  it('are those of all vectors, in any partition and order, as long as the digests are exact', () => {
    const vector = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(fc.array(vector, { maxLength: 6 }), { maxLength: 6 }), (parts) => {
        const whole = projectionsOf(parts.flat(), { directions: 3 });
        for (const order of [parts, parts.toReversed()]) {
          const merged = new Projections({ directions: 3 });
          for (const part of order) merged.merge(projectionsOf(part, { directions: 3 }));
          assert.deepEqual(merged.toBytes(), whole.toBytes());
        }
      }),
    );
  });

  it('keep counts and extremes exact and ranks within 1 %, in any partition and order', () => {
    const d = 200;
    const vectors = cloud(6000, d, 11);
    const whole = projectionsOf(vectors, { directions: 4 });
    const rows = directionsOf(d, 4, 1);
    const exact = [
      Float64Array.from(vectors, (vector) => Math.sqrt(dot(vector, vector))),
      ...rows.map((row) => Float64Array.from(vectors, (vector) => dot(vector, row))),
    ].map((values) => values.sort());
    for (const [pieces, seed] of [
      [3, 1],
      [60, 2],
      [400, 3],
    ] as const) {
      const random = seeded(seed);
      const parts = Array.from({ length: pieces }, () => new Projections({ directions: 4 }));
      for (const vector of vectors) parts[Math.floor(random() * pieces)]!.add(vector);
      // Pairs at random, so that there are chains as well as trees.
      while (parts.length > 1) {
        const [taken] = parts.splice(Math.floor(random() * parts.length), 1) as [Projections];
        parts[Math.floor(random() * parts.length)]!.merge(Projections.fromBytes(taken.toBytes()));
      }
      const merged = parts[0]!;
      assert.deepEqual(
        digestsOf(merged).map(({ count, min, max }) => [count, min, max]),
        digestsOf(whole).map(({ count, min, max }) => [count, min, max]),
      );
      const digests = [merged.norm, ...Array.from({ length: 4 }, (_, i) => merged.direction(i))];
      for (const [i, digest] of digests.entries()) {
        for (let q = 0.005; q < 1; q += 0.005)
          assert.ok(rankError(digest, exact[i]!, q) <= 0.01, `${pieces} ${i} ${q}`);
      }
      for (const q of SHARES.slice(1, -1)) {
        assert.ok(Math.abs(merged.values.cdf(whole.values.quantile(q)) - q) < 0.01);
      }
    }
  });

  it('take the size from whichever knows it', () => {
    const empty = new Projections({ directions: 2 });
    empty.merge(projectionsOf([[1, 2]], { directions: 2 }));
    empty.merge(new Projections({ directions: 2 }));
    assert.deepEqual([empty.size, empty.count], [2, 1]);
    assert.equal(empty.take([1, 2, 3]), 'size');
  });

  it('leave a clone independent and of the same rule', () => {
    const projections = projectionsOf([[1, 2]], { directions: 2, sizeRule: BASELINE_SIZE_RULE });
    const twin = projections.clone();
    twin.add([5, 6]);
    projections.merge(twin);
    assert.deepEqual([projections.count, twin.count, twin.size], [3, 2, 2]);
    assert.deepEqual(twin.sizeRule, BASELINE_SIZE_RULE);
    assert.deepEqual(Projections.fromBytes(new Projections({ sizeRule: BASELINE_SIZE_RULE }).toBytes()).sizeRule, {
      ...BASELINE_SIZE_RULE,
    });
  });
});
