import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BASELINE_SIZE_RULE, Digest, MAX_CENTROIDS, MAX_COUNT, type SizeRule, SketchError } from '@tidemark/sketch';
import fc from 'fast-check';
import { exactShares, HOSTILE_STREAMS, ksError, STREAMS, seeded, take } from './datasets.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const ALL_STREAMS = { ...STREAMS, ...HOSTILE_STREAMS };

function digestOf(values: ArrayLike<number>, sizeRule?: SizeRule): Digest {
  const digest = new Digest(sizeRule ? { sizeRule } : {});
  digest.addAll(values);
  return digest;
}

function refused(code: string) {
  return (error: unknown) => error instanceof SketchError && error.code === code;
}

/** What holds of every digest, whatever went into it. */
function assertLaws(digest: Digest): void {
  const { mean, weight, atom } = digest.centroids();
  assert.ok(mean.length <= MAX_CENTROIDS);
  assert.equal(
    weight.reduce((sum, w) => sum + w, 0),
    digest.count,
  );
  assert.equal(mean[0], digest.min);
  assert.equal(mean.at(-1), digest.max);
  for (let i = 1; i < mean.length; i++) {
    assert.ok(mean[i]! > mean[i - 1]! || (mean[i] === mean[i - 1] && atom[i - 1] === 0), 'ascending, atoms last');
  }
  let before = { x: Number.NEGATIVE_INFINITY, share: 0 };
  for (const x of digest.knots()) {
    const below = digest.cdfBelow(x);
    const atOrBelow = digest.cdf(x);
    assert.ok(x > before.x && before.share <= below && below <= atOrBelow);
    before = { x, share: atOrBelow };
  }
  assert.equal(before.share, 1);
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i <= 200; i++) {
    const q = i / 200;
    const x = digest.quantile(q);
    assert.ok(x >= last && x >= digest.min && x <= digest.max, 'quantiles ascend');
    last = x;
  }
}

describe('Digest with nothing or little in it', () => {
  it('answers NaN when empty', () => {
    const digest = new Digest();
    const answers = [digest.min, digest.max, digest.quantile(0.5), digest.cdf(1), digest.cdfBelow(1)];
    assert.deepEqual(
      answers,
      answers.map(() => Number.NaN),
    );
    assert.equal(digest.count, 0);
    assert.equal(digest.centroidCount, 0);
    assert.deepEqual(digest.knots(), []);
    digest.merge(new Digest());
    assert.equal(digest.count, 0);
  });

  it('is one step with one value', () => {
    const digest = digestOf([7]);
    assert.deepEqual(digest.quantiles([0, 0.3, 1]), [7, 7, 7]);
    assert.deepEqual([digest.cdf(6.9), digest.cdfBelow(7), digest.cdf(7), digest.cdf(8)], [0, 0, 1, 1]);
    assert.deepEqual([digest.min, digest.max], [7, 7]);
  });

  it('refuses NaN, infinities and what is no number, counting nothing of the call', () => {
    const digest = digestOf([1]);
    assert.throws(() => digest.addAll(BigInt64Array.of(5n) as never), refused('SKETCH_VALUE_INVALID'));
    for (const bad of [Number.NaN, Infinity, -Infinity, '5', null, undefined, 5n, true]) {
      assert.throws(() => digest.add(bad as number), refused('SKETCH_VALUE_INVALID'));
      assert.throws(() => digest.addAll([2, bad as number]), refused('SKETCH_VALUE_INVALID'));
    }
    assert.throws(() => digest.addAll(Float64Array.of(2, Number.NaN)), refused('SKETCH_VALUE_INVALID'));
    assert.equal(digest.count, 1);
  });

  it('takes typed arrays of any number type', () => {
    for (const Typed of [Float32Array, Float64Array, Int8Array, Uint8Array, Int16Array, Uint32Array]) {
      const digest = digestOf(Typed.from(Array.from({ length: 5000 }, (_, i) => i % 100)));
      assert.deepEqual([digest.count, digest.min, digest.max, digest.quantile(0.5)], [5000, 0, 99, 49]);
    }
  });

  it('counts nothing of many values of which one is bad, wherever it is', () => {
    for (const n of [10, 100, 5000]) {
      for (const at of [0, n >> 1, n - 1]) {
        const values = take(STREAMS.normal!, n);
        values[at] = Infinity;
        const digest = digestOf([1, 2]);
        assert.throws(() => digest.addAll(values), refused('SKETCH_VALUE_INVALID'));
        assert.deepEqual([digest.count, digest.max], [2, 2]);
      }
    }
  });

  it('refuses shares outside of 0 to 1 and rules out of range', () => {
    for (const q of [-0.1, 1.1, Number.NaN]) {
      assert.throws(() => digestOf([1]).quantile(q), refused('SKETCH_VALUE_INVALID'));
    }
    for (const sizeRule of [
      { middle: 0, tail: 0.2 },
      { middle: 0.01, tail: 2 },
      { middle: Number.NaN, tail: 0.2 },
    ]) {
      assert.throws(() => new Digest({ sizeRule }), refused('SKETCH_OPTION_INVALID'));
    }
    assert.ok(Number.isNaN(digestOf([1]).cdf(Number.NaN)));
  });

  it('takes nothing that is no array', () => {
    const digest = digestOf([1]);
    for (const bad of [new Set([1]), 5, {}, null, undefined, { length: -1 }, { length: 1.5 }, { length: 1e300 }]) {
      assert.throws(() => digest.addAll(bad as never), refused('SKETCH_VALUE_INVALID'));
    }
    digest.addAll([]);
    assert.equal(digest.count, 1);
  });

  it('keeps to the size rule it was made with, whatever becomes of the object', () => {
    const sizeRule = { middle: 0.1, tail: 0.4 };
    const digest = new Digest({ sizeRule });
    sizeRule.middle = Number.NaN;
    digest.addAll(take(STREAMS.normal!, 5000));
    assert.deepEqual(digest.sizeRule, { middle: 0.1, tail: 0.4 });
    assert.throws(() => Object.assign(digest.sizeRule, { middle: -1 }), TypeError);
    assertLaws(digest);
  });

  it('keeps its laws where the mean of a wide centroid is rounded past the largest double', () => {
    const hex =
      '0202060700a705000040c90000000000000000e03f000000000000f03f7f0033fbfcfdfeff0074ffffffffff00acffffffffff003cffffffffff001fffffffffff007bffffffffff00acefefefefef007f7f7f7f7f7f00014bc27e1b000000010200010000000000000000000000000000000000000000400080000404010040';
    const digest = Digest.fromBytes(Buffer.from(hex, 'hex'));
    digest.merge(digestOf([0]));
    assertLaws(digest);
    assert.equal(Digest.fromBytes(digest.toBytes()).count, digest.count);
  });

  it('keeps -0 as 0', () => {
    const digest = digestOf([-0, 0, -0]);
    assert.ok(Object.is(digest.min, 0));
    assert.equal(digest.centroidCount, 1);
  });

  it('keeps its laws on values whose range overflows, and on denormals', () => {
    const random = seeded(3);
    const huge = Array.from({ length: 5000 }, () => (random() - 0.5) * 2 * Number.MAX_VALUE);
    const tiny = Array.from({ length: 5000 }, () => Math.floor(random() * 5000) * 5e-324);
    for (const values of [huge, tiny, [...huge, ...tiny], [1e308, -1e308]]) {
      const digest = digestOf(values);
      assertLaws(digest);
      assert.ok(ksError(digest, Float64Array.from(values)) < 0.015);
    }
  });
});

describe('Digest weights', () => {
  it('counts a weighted value as often as its weight says', () => {
    const digest = new Digest();
    digest.add(1, 10);
    digest.add(2, 1e12);
    digest.add(3, 30);
    assert.equal(digest.count, 1e12 + 40);
    assert.equal(digest.cdf(1), 10 / (1e12 + 40));
    assert.equal(digest.quantile(0.5), 2);
  });

  it('refuses weights that are no integer from 1 to 2^53 - 1, and more than that in all', () => {
    const digest = digestOf([1]);
    for (const weight of [0, -1, 1.5, Number.NaN, 2 ** 53, '2']) {
      assert.throws(() => digest.add(1, weight as number), refused('SKETCH_VALUE_INVALID'));
    }
    digest.add(2, MAX_COUNT - 1);
    assert.throws(() => digest.add(3), refused('SKETCH_VALUE_INVALID'));
    assert.throws(() => digest.merge(digestOf([3])), refused('SKETCH_VALUE_INVALID'));
    assert.equal(digest.count, MAX_COUNT);
  });
});

describe('Digest cdf and quantile', () => {
  for (const [name, stream] of Object.entries(ALL_STREAMS)) {
    it(`ascend and are each other's inverse on ${name}`, () => {
      const digest = digestOf(take(stream, 20_000));
      assertLaws(digest);
      for (let i = 0; i <= 1000; i++) {
        const q = i / 1000;
        const x = digest.quantile(q);
        // The quantile itself is rounded to a double, so ask one rounding step beside it.
        const step = Math.abs(x) * 2 ** -52;
        assert.ok(digest.cdf(x + step) >= q - 1e-9, 'the share at a quantile reaches it');
        assert.ok(digest.cdfBelow(x - step) <= q + 1e-9, 'and is not yet reached below');
      }
    });
  }

  it('are exact while there are at most 200 different values, however many in all', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          finite.map((x) => x + 0),
          { minLength: 1, maxLength: 200 },
        ),
        fc.integer(),
        fc.integer({ min: 1, max: 5000 }),
        (kinds, seed, n) => {
          const random = seeded(seed);
          // Uneven on purpose: most kinds are rare.
          const values = Float64Array.from({ length: n }, () => kinds[Math.floor(random() ** 3 * kinds.length)]!);
          const digest = digestOf(values);
          assert.ok(digest.exact);
          const sorted = values.slice().sort();
          for (const x of kinds) {
            const { below, atOrBelow } = exactShares(sorted, x);
            assert.equal(digest.cdf(x), atOrBelow);
            assert.equal(digest.cdfBelow(x), below);
          }
          for (const x of new Set(values)) assert.equal(digest.quantile(digest.cdf(x)), x);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are exact for any 500 values, and stop being so with a few more', () => {
    for (const stream of Object.values(ALL_STREAMS)) {
      assert.ok(digestOf(take(stream, 500)).exact);
      const grown = new Digest();
      for (const value of take(stream, 500)) grown.add(value);
      assert.ok(grown.exact);
    }
    const digest = digestOf(Array.from({ length: 500 }, (_, i) => i));
    for (let i = 0; i < 120; i++) digest.add(i + 0.5);
    assert.ok(!digest.exact);
    assertLaws(digest);
  });

  it('keep the step of a value with 0.5 % of the stream, and of one that begins to come late', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = seeded(seed);
      const values = Float64Array.from({ length: 100_000 }, () => (random() < 0.006 ? 0.5 : random()));
      const digest = digestOf(values);
      const { below, atOrBelow } = exactShares(values.slice().sort(), 0.5);
      assert.ok(digest.cdf(0.5) - digest.cdfBelow(0.5) > 0.9 * (atOrBelow - below), `seed ${seed}`);
      assert.ok(ksError(digest, values) <= 0.005, `KS ${ksError(digest, values)}`);
    }
    const random = seeded(3);
    const late = Float64Array.from({ length: 100_000 }, (_, i) => (i > 20_000 && random() < 0.02 ? 0.5 : random()));
    const digest = digestOf(late);
    const { below, atOrBelow } = exactShares(late.slice().sort(), 0.5);
    assert.ok(digest.cdf(0.5) - digest.cdfBelow(0.5) > 0.9 * (atOrBelow - below));
    assert.ok(ksError(digest, late) <= 0.005, `KS ${ksError(digest, late)}`);
  });

  it('rank exactly where the digest is exact', () => {
    for (let n = 1; n <= 60; n++) {
      const digest = digestOf(Array.from({ length: n }, (_, i) => i + 1));
      for (let k = 0; k <= n; k++) assert.equal(digest.rank(k), k);
    }
  });

  it('count by rank and average between quantiles', () => {
    const digest = digestOf(Array.from({ length: 100 }, (_, i) => i + 1));
    assert.deepEqual([digest.rank(0), digest.rank(37), digest.rank(37.5), digest.rank(1000)], [0, 37, 37, 100]);
    assert.ok(Math.abs(digest.trimmedMean(0, 1) - 50.5) < 1e-12);
    assert.ok(Math.abs(digest.trimmedMean(0.1, 0.2) - 15.5) < 1e-12);
    assert.ok(Math.abs(digest.trimmedMean(0.005, 0.015) - 1.5) < 1e-12);
    assert.ok(Number.isNaN(new Digest().trimmedMean(0, 1)) && Number.isNaN(new Digest().rank(1)));
    for (const [low, high] of [
      [0.5, 0.5],
      [0.6, 0.4],
      [-0.1, 1],
      [0, 1.1],
      [Number.NaN, 1],
    ] as const) {
      assert.throws(() => digest.trimmedMean(low, high), refused('SKETCH_VALUE_INVALID'));
    }
  });

  it('tell many shares at once as one by one, whether the curve is kept or not', () => {
    for (const make of Object.values(ALL_STREAMS)) {
      const digest = digestOf(take(make, 5_000));
      const xs = [
        digest.min - 1,
        ...digest.knots(),
        ...[0.01, 0.333, 0.5, 0.98].map((q) => digest.quantile(q)),
        digest.max + 1,
      ];
      const asked = digest.clone().cdfs(xs);
      assert.deepEqual(
        asked,
        xs.map((x) => digest.cdf(x)),
      );
      assert.deepEqual(asked, digest.cdfs(xs));
    }
    assert.deepEqual(new Digest().cdfs([0, 1]), [Number.NaN, Number.NaN]);
    assert.deepEqual(digestOf([1, 2]).cdfs([Number.NaN, 1]), [Number.NaN, 0.5]);
  });

  it('average between quantiles near the truth on large streams, and never outside of them', () => {
    for (const [name, stream] of Object.entries(ALL_STREAMS)) {
      const values = take(stream, 20_000);
      const sorted = values.slice().sort();
      const digest = digestOf(values);
      const mean = digest.trimmedMean(0.1, 0.9);
      assert.ok(mean >= digest.quantile(0.1) && mean <= digest.quantile(0.9), name);
      if (name in HOSTILE_STREAMS) continue;
      const exact = sorted.slice(2000, 18_000).reduce((sum, x) => sum + x / 16_000, 0);
      const width = sorted[18_000]! - sorted[2000]!;
      assert.ok(Math.abs(mean - exact) <= 0.005 * width + 1e-12 * Math.abs(exact), `${name}: ${mean}, not ${exact}`);
    }
  });

  it('keep the step of a value with more than 0.4 % of the weight', () => {
    const random = seeded(5);
    const values = Float64Array.from({ length: 100_000 }, () => (random() < 0.02 ? 0.5 : random()));
    const digest = digestOf(values);
    const { below, atOrBelow } = exactShares(values.slice().sort(), 0.5);
    assert.ok(Math.abs(digest.cdf(0.5) - digest.cdfBelow(0.5) - (atOrBelow - below)) < 0.001);
  });

  it('give the greatest difference of two digests at their knots', () => {
    const a = digestOf(take(STREAMS.mixture!, 5000, 1));
    const b = digestOf(take(STREAMS.normal!, 5000, 2));
    const difference = (x: number) => Math.max(Math.abs(a.cdf(x) - b.cdf(x)), Math.abs(a.cdfBelow(x) - b.cdfBelow(x)));
    const atKnots = Math.max(...[...a.knots(), ...b.knots()].map(difference));
    for (let x = -10; x < 200; x += 0.01) assert.ok(difference(x) <= atKnots + 1e-12);
  });
});

describe('Digest merges', () => {
  it('keep count, extremes and the error bound for any partition, order and way through bytes', () => {
    const streams = fc.constantFrom(...Object.keys(ALL_STREAMS));
    fc.assert(
      fc.property(
        streams,
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 }),
        fc.integer(),
        (name, sizes, seed) => {
          const values = take(
            ALL_STREAMS[name]!,
            sizes.reduce((sum, size) => sum + size, 0),
            seed,
          );
          const random = seeded(seed);
          let at = 0;
          let parts = sizes.map((size) => {
            at += size;
            return digestOf(values.subarray(at - size, at));
          });
          // Joins two parts picked by chance until one is left, sometimes by way of their bytes.
          while (parts.length > 1) {
            const one = parts.splice(Math.floor(random() * parts.length), 1)[0]!;
            const other = parts.splice(Math.floor(random() * parts.length), 1)[0]!;
            const before = Buffer.from(other.toBytes());
            one.merge(other);
            assert.deepEqual(Buffer.from(other.toBytes()), before, 'the other one is unchanged');
            parts = [...parts, random() < 0.5 ? one : Digest.fromBytes(one.toBytes())];
          }
          const merged = parts[0]!;
          const sorted = values.slice().sort();
          assert.equal(merged.count, values.length);
          assert.equal(merged.min, sorted[0]);
          assert.equal(merged.max, sorted.at(-1));
          assertLaws(merged);
          const most = name in HOSTILE_STREAMS ? 0.012 : 0.006;
          assert.ok(ksError(merged, values) < most, `${name}: ${ksError(merged, values)}`);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are exact while the values in all of them fit, so give the same in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 500 }), { maxLength: 8 }),
        (lists) => {
          const bytesOf = (order: number[][]) => {
            const merged = new Digest();
            for (const list of order) merged.merge(digestOf(list));
            return Buffer.from(merged.toBytes()).toString('hex');
          };
          const whole = Buffer.from(digestOf(lists.flat()).toBytes()).toString('hex');
          assert.equal(bytesOf(lists), whole);
          assert.equal(bytesOf(lists.toReversed()), whole);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('take in themselves and digests of another size rule', () => {
    const digest = digestOf(take(STREAMS.normal!, 10_000));
    const median = digest.quantile(0.5);
    digest.merge(digest);
    assert.equal(digest.count, 20_000);
    assert.ok(Math.abs(digest.quantile(0.5) - median) < 0.02);
    const baseline = digestOf(take(STREAMS.normal!, 10_000, 9), BASELINE_SIZE_RULE);
    digest.merge(baseline);
    assert.equal(digest.count, 30_000);
    assertLaws(digest);
  });

  it('leave a clone independent', () => {
    const digest = digestOf([1, 2, 3]);
    const twin = digest.clone();
    twin.add(100);
    assert.deepEqual([digest.count, digest.max, twin.count, twin.max], [3, 3, 4, 100]);
  });

  it('leave copies of copies independent, whichever of them goes on', () => {
    const bytesOf = (digest: Digest) => Buffer.from(digest.toBytes()).toString('hex');
    const first = digestOf(take(STREAMS.normal!, 3_000));
    const before = bytesOf(first);
    const copies = [first.clone(), first.clone().clone()];
    for (const [i, changed] of [first, ...copies].entries()) {
      const others = [first, ...copies].toSpliced(i, 1).map(bytesOf);
      changed.addAll(take(STREAMS.normal!, 4_000));
      changed.merge(digestOf([i]));
      assert.equal(changed.count, 7_001);
      assertLaws(changed);
      assert.deepEqual([first, ...copies].toSpliced(i, 1).map(bytesOf), others);
      if (i < 2) assert.equal(bytesOf(copies[1]!), before);
    }
    const [median, of4000] = [first.quantile(0.5), first.rank(0)];
    first.clone().addAll([1, 2, 3]);
    assert.deepEqual([first.quantile(0.5), first.rank(0)], [median, of4000]);
  });
});
