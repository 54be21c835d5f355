import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Categories,
  Digest,
  Kinds,
  Moments,
  PairMoments,
  Projections,
  SERIES_KINDS,
  type SeriesKind,
  Summary,
} from '@tidemark/sketch';
import fc from 'fast-check';

const ODD = [null, undefined, Number.NaN, Infinity, Infinity, -Infinity, {}, [], Symbol('s'), () => 1];

const KINDS = SERIES_KINDS;

function summaryOf(kind: SeriesKind, values: readonly unknown[]): Summary {
  const summary = new Summary(kind);
  for (const value of values) summary.add(value);
  return summary;
}

describe('Summary of numbers', () => {
  it('counts every value by its kind and sketches the finite numbers', () => {
    const summary = summaryOf('number', [...ODD, 'text', '12', true, new Date(0), 1, 2.5, -0, 7n]);
    assert.deepEqual(
      { ...summary.kinds },
      {
        valid: 4,
        missing: 2,
        nan: 1,
        positiveInfinity: 2,
        negativeInfinity: 1,
        wrongType: 8,
        outOfRange: 0,
        unseen: 0,
      },
    );
    assert.equal(summary.kinds.total, 18);
    assert.deepEqual([summary.digest.count, summary.moments.count, summary.moments.max], [4, 4, 7]);
    assert.equal(summary.categories.total, 0);
  });

  it('counts valid numbers outside of the declared range, ends inclusive', () => {
    const summary = new Summary('number', { range: { min: 0, max: 10 } });
    for (const value of [0, 10, -0.1, 10.1, Infinity]) summary.add(value);
    assert.deepEqual([summary.kinds.valid, summary.kinds.outOfRange], [4, 2]);
    const open = new Summary('number', { range: { min: 5 } });
    for (const value of [4, 1e300]) open.add(value);
    assert.equal(open.kinds.outOfRange, 1);
  });

  it('takes bigints beyond the doubles as infinities', () => {
    const summary = summaryOf('number', [10n ** 400n, -(10n ** 400n)]);
    assert.deepEqual([summary.kinds.positiveInfinity, summary.kinds.negativeInfinity], [1, 1]);
  });
});

describe('Summary of categories', () => {
  it('takes strings, booleans and finite numbers', () => {
    const summary = summaryOf('category', [...ODD, 'DE', 'DE', true, 'true', false, 4, 10n]);
    assert.equal(summary.kinds.valid, 7);
    assert.equal(summary.kinds.wrongType, 4);
    assert.equal(summary.kinds.positiveInfinity, 2);
    assert.deepEqual(
      summary.categories.entries().map(({ key, count }) => [key, count]),
      [
        ['DE', 2],
        ['true', 2],
        ['10', 1],
        ['4', 1],
        ['false', 1],
      ],
    );
    assert.equal(summary.digest.count, 0);
  });

  it('counts valid values that were not declared', () => {
    const summary = new Summary('category', { known: new Set(['DE', 'FR']), cap: 2 });
    for (const value of ['DE', 'IT', 'FR', 'ES', null]) summary.add(value);
    assert.deepEqual([summary.kinds.valid, summary.kinds.unseen], [4, 2]);
    assert.equal(summary.categories.cap, 2);
  });
});

describe('Summary of vectors', () => {
  it('counts every value by its kind, a vector once, and projects the good ones', () => {
    const good = [[1, 2], Float32Array.of(3, 4), Float64Array.of(0, 0), Int16Array.of(-1, 5), Uint8Array.of(1, 2)];
    const spoilt = [
      [Number.NaN, Infinity],
      [Infinity, -Infinity],
      [-Infinity, 1],
      Float32Array.of(Number.NaN, Number.NaN),
      [1e200, 0],
    ];
    const wrong = [[1, 2, 3], [1], ['1', '2'], [1, null], [[1], [2]], BigInt64Array.of(1n, 2n), 7, 'ab', true, 10n];
    const views = [new DataView(new ArrayBuffer(16)), new ArrayBuffer(16), { length: 2, 0: 1, 1: 2 }];
    const unreadable = Object.defineProperty([1, 2], 1, { get: () => assert.fail('read') });
    const summary = summaryOf('vector', [...good, ...spoilt, ...wrong, ...views, unreadable, ...ODD]);
    assert.deepEqual(
      { ...summary.kinds },
      {
        valid: 5,
        missing: 2,
        nan: 2,
        positiveInfinity: 2,
        negativeInfinity: 1,
        // NaN and infinities by themselves are no vectors.
        wrongType: wrong.length + views.length + 1 + ODD.length - 2,
        outOfRange: 0,
        unseen: 0,
      },
    );
    const { projections } = summary;
    assert.deepEqual([projections.count, projections.size, projections.norm.max], [5, 2, Math.sqrt(26)]);
    assert.deepEqual([summary.digest.count, summary.moments.count, summary.categories.total], [0, 0, 0]);
    assert.equal(summaryOf('number', [1]).projections.count, 0);
  });

  it('fixes the size by declaration, else by the first good vector', () => {
    const summary = summaryOf('vector', [[Number.NaN], [], [1, 2, 3], [1, 2]]);
    assert.deepEqual([summary.kinds.valid, summary.kinds.nan, summary.kinds.wrongType], [1, 1, 2]);
    assert.equal(summary.projections.size, 3);
    const declared = new Summary('vector', { projections: { size: 2, directions: 4, seed: 9 } });
    for (const vector of [
      [1, 2, 3],
      [1, 2],
    ])
      declared.add(vector);
    const { size, directions, seed } = declared.projections;
    assert.deepEqual([size, directions, seed, declared.kinds.wrongType], [2, 4, 9, 1]);
  });

  it('follows what others are projected on while it has none and none was declared', () => {
    const options = { projections: { directions: 3, seed: 5 } };
    const other = new Summary('vector', options);
    other.add([1, 2]);
    for (const empty of [new Summary('vector'), Summary.fromParts('vector', { kinds: new Kinds() })]) {
      empty.add(null);
      assert.equal(empty.projections.count, 0);
      empty.merge(new Summary('vector'));
      empty.clone().merge(other);
      empty.merge(other);
      assert.deepEqual([empty.kinds.total, empty.projections.directions, empty.projections.seed], [2, 3, 5]);
    }
    for (const declared of [{ directions: 4 }, { size: 3, directions: 3, seed: 5 }]) {
      const strict = new Summary('vector', { projections: declared });
      for (const one of [strict, strict.clone()]) {
        assert.throws(() => one.merge(other), { code: 'SKETCH_VALUE_INVALID' });
        assert.equal(one.kinds.total, 0);
      }
    }
  });
});

describe('Summary of pairs', () => {
  it('counts every pair by its kind, one of which either is missing as missing', () => {
    const good = [[1, 2], [3n, -4], [0.5, 9]]; // biome-ignore format: one line
    const missing = [[null, 1], [1, undefined], ['x', null]]; // biome-ignore format: one line
    const spoilt = [[Number.NaN, Infinity], [1, Infinity], [-Infinity, 1], [10n ** 400n, 1]]; // biome-ignore format: one line
    const wrong = [['1', 2], [1], [1, 2, 3], Float64Array.of(1, 2), [true, 1], [1, Number.NaN.toString()]];
    const summary = summaryOf('pair', [...good, ...missing, ...spoilt, ...wrong, ...ODD]);
    assert.deepEqual(
      { ...summary.kinds },
      {
        valid: 3,
        missing: 3 + 2,
        nan: 1,
        positiveInfinity: 2,
        negativeInfinity: 1,
        wrongType: wrong.length + ODD.length - 2,
        outOfRange: 0,
        unseen: 0,
      },
    );
    const together = new Summary('pair');
    for (const [x, y] of good) together.addPair(x, y);
    assert.deepEqual(together.pairs.toBytes(), summary.pairs.toBytes());
    assert.throws(() => new Summary('number').addPair(1, 2), { code: 'SKETCH_VALUE_INVALID' });
  });

  it('counts what throws when it is read as of the wrong type', () => {
    const unreadable = Object.defineProperty([1, 2], 1, { get: () => assert.fail('read') });
    assert.equal(summaryOf('pair', [unreadable]).kinds.wrongType, 1);
  });

  it('leaves a clone independent', () => {
    const summary = summaryOf('pair', [[1, 2]]);
    summary.clone().add([3, 4]);
    assert.deepEqual([summary.kinds.valid, summary.pairs.count], [1, 1]);
  });
});

describe('Summary', () => {
  it('never throws for a value and loses none', () => {
    fc.assert(
      fc.property(fc.array(fc.anything({ withTypedArray: true })), fc.constantFrom(...KINDS), (values, kind) => {
        assert.equal(summaryOf(kind, values).kinds.total, values.length);
      }),
    );
  });

  it('takes a proxy that was revoked for a value of the wrong type', () => {
    const { proxy, revoke } = Proxy.revocable([1, 2], {});
    revoke();
    for (const kind of KINDS) assert.equal(summaryOf(kind, [proxy]).kinds.wrongType, 1, kind);
  });

  it('merges as if all values had been added to one, in any order', () => {
    const value = fc.oneof(
      fc.integer({ min: 0, max: 50 }),
      fc.constantFrom(null, Number.NaN, 'a', 'b', true),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 2 }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(value), { maxLength: 5 }), fc.constantFrom(...KINDS), (lists, kind) => {
        const whole = summaryOf(kind, lists.flat());
        for (const order of [lists, lists.toReversed()]) {
          const merged = new Summary(kind);
          for (const list of order) merged.merge(summaryOf(kind, list));
          assert.deepEqual({ ...merged.kinds }, { ...whole.kinds });
          assert.deepEqual(merged.digest.toBytes(), whole.digest.toBytes());
          assert.deepEqual(merged.categories.toBytes(), whole.categories.toBytes());
          assert.deepEqual(merged.projections.toBytes(), whole.projections.toBytes());
          assert.equal(merged.moments.count, whole.moments.count);
          assert.equal(merged.pairs.count, whole.pairs.count);
        }
      }),
    );
  });

  it('refuses to merge another kind, unknown kinds and ranges that are none', () => {
    for (const kind of KINDS) {
      for (const other of KINDS.filter((one) => one !== kind)) {
        assert.throws(() => new Summary(kind).merge(new Summary(other)), { code: 'SKETCH_VALUE_INVALID' });
      }
    }
    assert.throws(() => new Summary('text' as SeriesKind), { code: 'SKETCH_OPTION_INVALID' });
    for (const range of [{ min: 2, max: 1 }, { min: Number.NaN }]) {
      assert.throws(() => new Summary('number', { range }), { code: 'SKETCH_OPTION_INVALID' });
    }
  });

  it('leaves a clone independent, with the same options', () => {
    const summary = new Summary('number', { range: { max: 1 } });
    summary.add(5);
    const twin = summary.clone();
    twin.add(6);
    assert.deepEqual([summary.kinds.outOfRange, twin.kinds.outOfRange], [1, 2]);
    assert.deepEqual([summary.digest.count, twin.digest.count, summary.moments.count], [1, 2, 1]);
  });

  it('is put together from parts of one stream only', () => {
    const { kinds, moments, digest } = summaryOf('number', [1, 2, null]);
    const again = Summary.fromParts('number', { kinds, moments, digest });
    assert.deepEqual([again.kinds.total, again.digest.max], [3, 2]);
    const { kinds: vectorKinds, projections } = summaryOf('vector', [[1, 2], null]);
    const vectors = { kinds: vectorKinds, projections };
    assert.equal(Summary.fromParts('vector', vectors).projections.norm.max, Math.sqrt(5));
    const { kinds: pairKinds, pairs } = summaryOf('pair', [[1, 2], null]);
    assert.equal(Summary.fromParts('pair', { kinds: pairKinds, pairs }).pairs.count, 1);
    const refusals: Parameters<typeof Summary.fromParts>[] = [
      ['number', { kinds, moments }],
      ['number', { kinds, moments: new Moments(), digest }],
      ['number', { kinds, moments, digest: summaryOf('number', [1, 3]).digest }],
      ['number', { kinds, moments, digest, categories: new Categories() }],
      ['category', { kinds, moments, digest }],
      ['category', { kinds, categories: new Categories() }],
      ['category', { kinds: new Kinds(), categories: new Categories(), digest: new Digest() }],
      ['category', { kinds: new Kinds(), projections: new Projections() }],
      ['number', { kinds: new Kinds(), projections: new Projections() }],
      ['pair', { kinds: pairKinds }],
      ['pair', { kinds: new Kinds(), pairs }],
      ['pair', { kinds: pairKinds, pairs, moments: new Moments() }],
      ['pair', { kinds: pairKinds, pairs, categories: new Categories() }],
      ['pair', { kinds: pairKinds, pairs, projections: new Projections() }],
      ['pair', { kinds: Object.assign(pairKinds.clone(), { unseen: 1 }), pairs }],
      ...(['number', 'category', 'vector'] as const).map(
        (kind): Parameters<typeof Summary.fromParts> => [kind, { kinds: new Kinds(), pairs: new PairMoments() }],
      ),
      ['vector', { kinds: vectors.kinds }],
      ['vector', { kinds: new Kinds(), projections: vectors.projections }],
      ['vector', { ...vectors, digest: new Digest() }],
      ['vector', { ...vectors, categories: new Categories() }],
      ['vector', { ...vectors, kinds: Object.assign(vectors.kinds.clone(), { unseen: 1 }) }],
      ['vector', { ...vectors, kinds: Object.assign(vectors.kinds.clone(), { outOfRange: 1 }) }],
    ];
    for (const args of refusals) assert.throws(() => Summary.fromParts(...args), { code: 'SKETCH_VALUE_INVALID' });
  });
});

it('a column of a table counts as its values do one by one, whatever is among them', () => {
  const odd = fc.oneof(fc.double(), fc.constantFrom(0, -0, 5e-324, 1e308, -1e308, Infinity, -Infinity, Number.NaN));
  fc.assert(
    fc.property(
      fc.array(odd, { maxLength: 400 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 300 }),
      (column, stride, before) => {
        const range = { min: -10, max: 10 };
        const [together, apart] = [new Summary('number', { range }), new Summary('number', { range })];
        // Some values one by one first, so that the table begins in the middle of a block.
        for (let i = 0; i < before; i++) for (const summary of [together, apart]) summary.add(i % 20);
        const table = new Float64Array(column.length * stride);
        for (const [row, value] of column.entries()) table[row * stride + stride - 1] = value;
        together.addStrided(table, stride - 1, stride, column.length);
        for (const value of column) apart.add(value);
        assert.deepEqual({ ...together.kinds }, { ...apart.kinds });
        assert.deepEqual(together.digest.toBytes(), apart.digest.toBytes());
        assert.equal(together.moments.count, apart.moments.count);
      },
    ),
  );
});

it('counts by kind are of all values so far, at any moment', () => {
  const summary = new Summary('number', { range: { max: 99 } });
  for (let i = 1; i <= 200; i++) {
    summary.add(i);
    assert.equal(summary.kinds.valid, i);
    assert.equal(summary.kinds.outOfRange, Math.max(0, i - 99));
  }
});

describe('a column of numbers', () => {
  it('counts as its values do one by one, but for NaN, which keeps a place', () => {
    const values = fc.array(
      fc.oneof({ weight: 9, arbitrary: fc.double() }, fc.constantFrom(-0, Number.NaN, Infinity)),
      {
        maxLength: 5_000,
        size: 'max',
      },
    );
    fc.assert(
      fc.property(fc.array(values, { maxLength: 3 }), (columns) => {
        const [whole, single] = [
          new Summary('number', { range: { min: -1, max: 1 } }),
          new Summary('number', { range: { min: -1, max: 1 } }),
        ];
        whole.add(0.5);
        single.add(0.5);
        for (const column of columns) {
          whole.addNumbers(Float64Array.from(column));
          for (const value of column) if (!Number.isNaN(value)) single.add(value);
        }
        assert.deepEqual({ ...whole.kinds }, { ...single.kinds });
        assert.equal(whole.digest.count, single.digest.count);
        assert.deepEqual([whole.moments.min, whole.moments.max], [single.moments.min, single.moments.max]);
        assert.ok(Object.is(whole.digest.min, single.digest.min));
        if (whole.digest.exact) assert.deepEqual(whole.digest.centroids(), single.digest.centroids());
      }),
      { numRuns: 60 },
    );
  });

  it('is refused by a series of another kind', () => {
    assert.throws(() => new Summary('category').addNumbers(Float64Array.of(1)), { code: 'SKETCH_VALUE_INVALID' });
  });
});
