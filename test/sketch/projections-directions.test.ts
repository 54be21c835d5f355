import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { directionsOf, maxVectorSize } from '@tidemark/sketch';
import { fillNormals, normalQuantile } from '../../sketch/src/directions-normal.ts';

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] as number) * (b[j] as number);
  return sum;
}

describe('directions', () => {
  it('are what they were when they were released: stored projections rest on them', () => {
    assert.deepEqual(
      directionsOf(3, 2, 1).map((row) => [...row]),
      [
        [-0.24540995061397552, -0.6537585258483887, -0.7158029079437256],
        [0.34499120712280273, -0.645988404750824, -0.680940568447113],
      ],
    );
    assert.deepEqual(
      directionsOf(4, 1, 2 ** 32 - 1).map((row) => [...row]),
      [[0.782265305519104, 0.20372867584228516, -0.5097159743309021, -0.2945254445075989]],
    );
  });

  it('do not depend on how many there are, nor on what was asked for before', () => {
    const many = directionsOf(50, 64, 9).map((row) => [...row]);
    // Other sets drive the first one out of what is kept.
    for (let seed = 0; seed < 4; seed++) directionsOf(maxVectorSize(4), 2, seed);
    for (const count of [1, 7, 64, 16]) {
      assert.deepEqual(
        directionsOf(50, count, 9).map((row) => [...row]),
        many.slice(0, count),
      );
    }
  });

  it('are made once as long as they are kept', () => {
    const [first] = directionsOf(100, 4, 5);
    assert.equal(directionsOf(100, 16, 5)[0], first);
    const largest = directionsOf(maxVectorSize(1), 1, 5);
    assert.equal(largest.length, 1);
    assert.notEqual(directionsOf(100, 4, 5)[0], first, 'the largest set takes all the room there is');
  });

  it('are of length 1, and their products spread as normal numbers of variance 1 / d', () => {
    const d = 400;
    const rows = directionsOf(d, 64, 123);
    const products: number[] = [];
    for (const [i, a] of rows.entries()) {
      assert.ok(Math.abs(Math.sqrt(dot(a, a)) - 1) < 1e-6);
      for (const b of rows.slice(i + 1)) products.push(dot(a, b) * Math.sqrt(d));
    }
    // 2 016 pairs: standard errors are 0.022 of the mean, 0.031 of the variance, about 0.01 of the shares.
    const mean = products.reduce((sum, z) => sum + z, 0) / products.length;
    const variance = products.reduce((sum, z) => sum + z * z, 0) / products.length;
    const within = (limit: number) => products.filter((z) => Math.abs(z) < limit).length / products.length;
    assert.ok(Math.abs(mean) < 0.08, `mean ${mean}`);
    assert.ok(Math.abs(variance - 1) < 0.12, `variance ${variance}`);
    assert.ok(Math.abs(within(1) - 0.6827) < 0.04 && Math.abs(within(2) - 0.9545) < 0.02);
  });

  it('of other seeds have nothing to do with them', () => {
    const d = 4000;
    const products = directionsOf(d, 16, 1).flatMap((a) => directionsOf(d, 16, 2).map((b) => dot(a, b) * Math.sqrt(d)));
    const variance = products.reduce((sum, z) => sum + z * z, 0) / products.length;
    assert.ok(Math.abs(variance - 1) < 0.35 && Math.max(...products.map(Math.abs)) < 4.5);
  });

  it('come from numbers that are normal and independent of each other', () => {
    const n = 200_000;
    const row = new Float64Array(n);
    const next = new Float64Array(n);
    fillNormals(row, 1, 0);
    fillNormals(next, 1, 1);
    const mean = (of: (j: number) => number) => {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += of(j);
      return sum / n;
    };
    const at = (j: number) => row[j % n] as number;
    // Each within about four standard errors, sqrt(var / n).
    assert.ok(Math.abs(mean(at)) < 0.009);
    assert.ok(Math.abs(mean((j) => at(j) ** 2) - 1) < 0.013);
    assert.ok(Math.abs(mean((j) => at(j) ** 3)) < 0.035);
    assert.ok(Math.abs(mean((j) => at(j) ** 4) - 3) < 0.09);
    for (const lag of [1, 2, 3, 64, 1024]) assert.ok(Math.abs(mean((j) => at(j) * at(j + lag))) < 0.01, `lag ${lag}`);
    assert.ok(Math.abs(mean((j) => at(j) * (next[j] as number))) < 0.01);
    const sorted = row.slice().sort();
    for (let i = 500; i < n; i += 500) {
      // Kolmogorov and Smirnov at 1 in 10 000: 2.2 / sqrt(n).
      const low = sorted[Math.max(0, i - 1000)] as number;
      const high = sorted[Math.min(n - 1, i + 1000)] as number;
      const expected = normalQuantile(i / n);
      assert.ok(low <= expected && expected <= high, `share ${i / n}`);
    }
  });

  it('come from normal quantiles good to seven digits', () => {
    // Abramowitz and Stegun, table 26.5, and R's qnorm.
    const table: readonly [number, number][] = [
      [0.5, 0],
      [0.9, 1.2815515655446004],
      [0.975, 1.959963984540054],
      [0.001, -3.090232306167813],
      [1e-9, -5.9978070150076865],
      [1e-12, -7.034483825301132],
    ];
    for (const [p, x] of table) assert.ok(Math.abs(normalQuantile(p) - x) <= 3e-7 * Math.max(1, Math.abs(x)), `${p}`);
    assert.equal(normalQuantile(0.25), -normalQuantile(0.75));
  });
});
