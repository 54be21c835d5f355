import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Digest, directionsOf, Projections } from '@tidemark/sketch';
import { normal, seeded } from './datasets.ts';

const K = 16;

function projectionsOf(vectors: readonly Float64Array[]): Projections {
  const projections = new Projections({ directions: K });
  for (const vector of vectors) projections.add(vector);
  return projections;
}

/** The distance of Wasserstein of order 1, the area between the quantiles of two digests, from 2 000 of them. */
function wasserstein(a: Digest, b: Digest): number {
  let area = 0;
  for (let i = 0; i < 2000; i++) area += Math.abs(a.quantile((i + 0.5) / 2000) - b.quantile((i + 0.5) / 2000));
  return area / 2000;
}

/** The same of raw values, of which there are as many on both sides. */
function exactWasserstein(a: Float64Array, b: Float64Array): number {
  const [x, y] = [a.slice().sort(), b.slice().sort()];
  return x.reduce((sum, value, i) => sum + Math.abs(value - (y[i] as number)), 0) / x.length;
}

function slices(a: Projections, b: Projections): number[] {
  return Array.from({ length: K }, (_, i) => wasserstein(a.direction(i), b.direction(i)));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] as number) * (b[j] as number);
  return sum;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the distance along the directions', () => {
  it('sees a mean that moves by t along a random direction as t / sqrt(d) times normal numbers', () => {
    const [d, n, t, trials] = [256, 200, 3, 150];
    const random = seeded(21);
    const rows = directionsOf(d, K, 1);
    const before = Array.from({ length: n }, () => Float64Array.from({ length: d }, () => normal(random)));
    const reference = projectionsOf(before);
    const greatest: number[] = [];
    const average: number[] = [];
    for (let trial = 0; trial < trials; trial++) {
      const raw = Float64Array.from({ length: d }, () => normal(random));
      const length = Math.sqrt(dot(raw, raw));
      const shift = raw.map((x) => (t * x) / length);
      const moved = projectionsOf(before.map((vector) => vector.map((x, j) => x + (shift[j] as number))));
      const seen = slices(reference, moved);
      for (const [i, distance] of seen.entries()) {
        const truth = Math.abs(dot(shift, rows[i] as Float32Array));
        assert.ok(Math.abs(distance - truth) < 0.01, `direction ${i}: ${distance}, not ${truth}`);
      }
      const scaled = seen.map((distance) => (distance * Math.sqrt(d)) / t);
      greatest.push(Math.max(...scaled));
      average.push(mean(scaled));
    }
    // What the largest and the mean of 16 absolute normal numbers are expected to be: 2.07 and sqrt(2 / pi).
    const draws = Array.from({ length: 20_000 }, () => Array.from({ length: K }, () => Math.abs(normal(random))));
    const expected = mean(draws.map((draw) => Math.max(...draw)));
    assert.ok(Math.abs(expected - 2.07) < 0.02, `${expected}`);
    assert.ok(Math.abs(mean(greatest) - expected) < 0.15, `${mean(greatest)}, not ${expected}`);
    assert.ok(Math.abs(mean(average) - Math.sqrt(2 / Math.PI)) < 0.06, `${mean(average)}`);
  });

  it('is the exact sliced distance of the raw vectors within 1 % of the spread, and nothing where nothing moved', () => {
    const [d, n] = [64, 4000];
    const random = seeded(5);
    const draw = (at: (j: number) => number) =>
      Array.from({ length: n }, () => Float64Array.from({ length: d }, (_, j) => at(j)));
    const reference = draw(() => normal(random));
    const cases: readonly [string, Float64Array[]][] = [
      ['the same', draw(() => normal(random))],
      ['a mean', draw((j) => normal(random) + (j < 8 ? 1 : 0))],
      ['a spread', draw((j) => normal(random) * (j < 32 ? 2 : 1))],
      ['components set to 0', draw((j) => (j % 2 === 0 ? normal(random) : 0))],
      ['a cluster beside', draw(() => normal(random)).map((v, i) => (i % 10 === 0 ? v.map((x) => x + 4) : v))],
      ['heavy tails', draw(() => normal(random) / Math.sqrt(1.01 - random()))],
    ];
    const rows = directionsOf(d, K, 1);
    const known = projectionsOf(reference);
    for (const [what, live] of cases) {
      const seen = slices(known, projectionsOf(live));
      const along = (vectors: readonly Float64Array[], i: number) =>
        Float64Array.from(vectors, (vector) => dot(vector, rows[i] as Float32Array));
      const truth = seen.map((_, i) => exactWasserstein(along(reference, i), along(live, i)));
      const [found, exact] = [mean(seen), mean(truth)];
      // The spread of the reference along any direction is 1.
      assert.ok(Math.abs(found - exact) < 0.01, `${what}: ${found}, not ${exact}`);
      for (const [i, distance] of seen.entries()) assert.ok(Math.abs(distance - (truth[i] as number)) < 0.015, what);
      if (what === 'the same') assert.ok(found < 0.05);
      else assert.ok(found > 0.1, `${what} is seen: ${found}`);
    }
  });
});
