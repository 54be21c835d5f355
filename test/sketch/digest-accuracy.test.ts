import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BASELINE_SIZE_RULE, Digest, type SizeRule, WINDOW_SIZE_RULE } from '@tidemark/sketch';
import { HOSTILE_STREAMS, ksError, normal, rankError, STREAMS, seeded, take } from './datasets.ts';

const N = 100_000;

function digestOf(values: Float64Array, sizeRule: SizeRule = WINDOW_SIZE_RULE): Digest {
  const digest = new Digest({ sizeRule });
  digest.addAll(values);
  return digest;
}

describe('Digest accuracy', () => {
  for (const [name, stream] of Object.entries(STREAMS)) {
    it(`is within 0.3 % of rank on ${name}, tails within 5 % and 10 % of themselves`, () => {
      const values = take(stream, N);
      const sorted = values.slice().sort();
      const digest = digestOf(values);
      assert.ok(ksError(digest, values) <= 0.003, `KS ${ksError(digest, values)}`);
      assert.ok(digest.centroidCount <= 260, `${digest.centroidCount} centroids`);
      for (const [q, most] of [
        [0.01, 0.05],
        [0.99, 0.05],
        [0.001, 0.1],
        [0.999, 0.1],
      ] as const) {
        const relative = rankError(digest, sorted, q) / Math.min(q, 1 - q);
        assert.ok(relative <= most, `${relative} at ${q}`);
      }
      const baseline = digestOf(values, BASELINE_SIZE_RULE);
      assert.ok(ksError(baseline, values) <= 0.0015, `baseline KS ${ksError(baseline, values)}`);
    });
  }

  for (const [name, stream] of Object.entries(HOSTILE_STREAMS)) {
    it(`is within 1.2 % of rank on ${name}`, () => {
      for (const n of [1000, 20_000, N]) {
        const values = take(stream, n);
        assert.ok(ksError(digestOf(values), values) <= 0.012, `KS ${ksError(digestOf(values), values)} of ${n}`);
      }
    });
  }

  for (const n of [50, 200, 350, 500, 590, 620, 740, 1000, 1200, 2060, 2100, 2500, 5000, 50_000, 1_000_000]) {
    it(`is within 0.5 % of rank in a window of ${n}, exact up to 500`, () => {
      for (const name of ['normal', 'lognormal', 'uniform', 'pareto', 'mixture', 'narrow', 'timestamps']) {
        for (const seed of n < 10_000 ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [1]) {
          const values = take(STREAMS[name]!, n, seed);
          const error = ksError(digestOf(values), values);
          assert.ok(error <= (n <= 500 ? 0 : 0.005), `KS ${error} on ${name}, seed ${seed}`);
        }
      }
    });
  }

  for (const [parts, size] of [
    [6, 10_000],
    [360, 500],
    [360, 5000],
    [1000, 200],
  ] as const) {
    it(`is within 0.5 % of rank after ${parts} merges of ${size} in random order, without growing`, () => {
      for (const stream of [STREAMS.normal!, STREAMS.mixture!, HOSTILE_STREAMS['ten far steps']!]) {
        const values = take(stream, parts * size);
        const random = seeded(parts);
        const left = Array.from({ length: parts }, (_, i) => digestOf(values.subarray(i * size, (i + 1) * size)));
        while (left.length > 1) {
          const one = left.splice(Math.floor(random() * left.length), 1)[0]!;
          one.merge(Digest.fromBytes(left.splice(Math.floor(random() * left.length), 1)[0]!.toBytes()));
          left.push(one);
        }
        const merged = left[0]!;
        assert.ok(ksError(merged, values) <= 0.005, `KS ${ksError(merged, values)}`);
        assert.ok(merged.centroidCount <= 270, `${merged.centroidCount} centroids`);
      }
    });
  }

  it('is within 0.5 % of rank on whole numbers, however many different ones', () => {
    for (const most of [150, 220, 300, 400, 600, 1000, 3000]) {
      for (const n of [1000, 5000, 20_000, N]) {
        const values = take((random) => Math.floor(most * random()), n);
        assert.ok(ksError(digestOf(values), values) <= 0.005, `KS ${ksError(digestOf(values), values)} of ${n}`);
      }
    }
  });

  it('is within 1 % of rank where few values have weights', () => {
    for (const n of [300, 400, 1000, 3000]) {
      for (const weight of [4, 17, 100]) {
        const values = take(STREAMS.uniform!, n);
        const digest = new Digest();
        for (const value of values) digest.add(value, weight);
        assert.equal(digest.count, n * weight);
        assert.ok(ksError(digest, values) <= 0.01, `KS ${ksError(digest, values)} of ${n} of weight ${weight}`);
      }
    }
  });

  it('does not depend on being asked in between', () => {
    const values = take(STREAMS.normal!, 20_000);
    const digest = new Digest();
    for (const [i, value] of values.entries()) {
      digest.add(value);
      if (i % 50 === 0) digest.quantile(0.5);
    }
    assert.ok(ksError(digest, values) <= 0.005, `KS ${ksError(digest, values)}`);
  });

  it('stays within its room on data made to need more centroids than there are', () => {
    const random = seeded(11);
    const digest = new Digest({ sizeRule: { middle: 0.002, tail: 0.02 } });
    // 600 heavy values with noise between each two, and weights that grow without end.
    for (let i = 0; i < 30_000; i++) {
      const step = Math.floor(random() * 600);
      digest.add(step, 1 + Math.floor(random() * 2 ** (i / 1000)));
      digest.add(step + Math.abs(normal(random)) / 10);
    }
    assert.ok(digest.centroidCount <= 1024);
    assert.equal(
      digest.centroids().weight.reduce((sum, w) => sum + w, 0),
      digest.count,
    );
  });
});
