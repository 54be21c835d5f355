import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_DIRECTIONS, DEFAULT_SEED, Projections } from '@tidemark/sketch';
import { digestScores, exactScores } from '../../../collector/src/drift/index.ts';
import { exactSlicedWasserstein, slicedWasserstein } from '../../../collector/src/drift/sliced-wasserstein.ts';
import { normal, seeded } from '../../sketch/datasets.ts';
import { mergedSummaryOf, summaryOf } from '../../support/summaries.ts';

const SLICING = { directions: DEFAULT_DIRECTIONS, seed: DEFAULT_SEED };
const random = seeded(21);
const cloud = (count: number, size: number, shift = 0, spread = 1): number[][] =>
  Array.from({ length: count }, () => Array.from({ length: size }, () => shift + spread * normal(random)));
const near = (found: number, expected: number, allowed: number, what = ''): void =>
  assert.ok(Math.abs(found - expected) <= allowed, `${what} ${found} against ${expected}`);

test('in one dimension it is the distance in sigmas', () => {
  // The only directions are 1 and -1; 1, 3 has the sigma 1.
  assert.equal(exactSlicedWasserstein([[1], [3]], [[2], [4]], SLICING), 1);
  const [reference, live] = [summaryOf('vector', [[1], [3]]), summaryOf('vector', [[2], [4]])];
  assert.equal(slicedWasserstein(reference.projections, live.projections), 1);
});

test('a mean that moves by t in d dimensions moves by about 0.8 t / sqrt(d)', () => {
  const size = 64;
  const reference = cloud(2000, size);
  // Every component by half a sigma: t = 0.5 sqrt(64) = 4.
  const found = exactSlicedWasserstein(reference, cloud(2000, size, 0.5), SLICING);
  // 16 directions: the mean of 16 half-normal numbers has a standard error of 0.6 / 4.
  near(found, 0.8 * 0.5, 3 * 0.15 * 0.5);
});

test('summaries are within 0.01 sigma of raw vectors, exact for few, merged or not', (t) => {
  let worst = 0;
  for (const [shift, spread] of [
    [0, 1],
    [0.3, 1],
    [0, 1.5],
  ] as const) {
    const [reference, live] = [cloud(3000, 24), cloud(3000, 24, shift, spread)];
    const exact = exactSlicedWasserstein(reference, live, SLICING);
    const merged = mergedSummaryOf('vector', live, 12).projections;
    const found = slicedWasserstein(summaryOf('vector', reference).projections, merged);
    near(found, exact, 0.01, `${shift} ${spread}:`);
    worst = Math.max(worst, Math.abs(found - exact));
    const [few, fewLive] = [reference.slice(0, 150), live.slice(0, 150)];
    near(
      slicedWasserstein(summaryOf('vector', few).projections, mergedSummaryOf('vector', fewLive, 4).projections),
      exactSlicedWasserstein(few, fewLive, SLICING),
      1e-9,
      'few:',
    );
  }
  t.diagnostic(`largest error ${worst.toFixed(5)} sigma`);
});

test('it is 0 for the same vectors, does not depend on unit or origin, and grows with the shift', () => {
  const [a, b] = [cloud(100, 8), cloud(100, 8, 0.4)];
  assert.equal(exactSlicedWasserstein(a, a, SLICING), 0);
  const moved = (vectors: readonly number[][], by: number, to: number) =>
    vectors.map((vector) => vector.map((x) => x * by + to));
  const expected = exactSlicedWasserstein(a, b, SLICING);
  near(exactSlicedWasserstein(moved(a, 1000, 5), moved(b, 1000, 5), SLICING), expected, 1e-9);
  near(
    2 * exactSlicedWasserstein(a, moved(a, 1, 1), SLICING),
    exactSlicedWasserstein(a, moved(a, 1, 2), SLICING),
    1e-9,
  );
});

test('both forms are among the scores of a column of vectors', () => {
  const [a, b] = [cloud(150, 8), [null, ...cloud(150, 8, 0.4), [1, 2]]];
  const exact = exactScores('vector', a, b);
  const found = digestScores(summaryOf('vector', a), summaryOf('vector', b), null);
  assert.deepEqual(Object.keys(found), [
    'sliced_wasserstein',
    'null_share',
    'null_share_change',
    'type_share',
    'constant_share',
    'constant_share_change',
    'stale',
  ]);
  assert.deepEqual(Object.keys(exact), Object.keys(found));
  near(found.sliced_wasserstein!, exact.sliced_wasserstein!, 1e-9);
});

test('empty sides, constant baselines and other projections', () => {
  const projected = (vectors: readonly number[][], options = {}) => {
    const projections = new Projections(options);
    for (const vector of vectors) projections.add(vector);
    return projections;
  };
  const two = projected([
    [1, 2],
    [3, 5],
  ]);
  assert.ok(Number.isNaN(slicedWasserstein(new Projections(), two)));
  assert.ok(Number.isNaN(slicedWasserstein(two, new Projections())));
  assert.ok(Number.isNaN(exactSlicedWasserstein([], [[1]], SLICING)));
  const constant = projected([
    [1, 2],
    [1, 2],
  ]);
  assert.equal(slicedWasserstein(constant, constant.clone()), 0);
  assert.throws(() => slicedWasserstein(constant, two), { name: 'RangeError', message: /the baseline is constant/ });
  assert.throws(() => slicedWasserstein(two, projected([[1, 2]], { seed: 7 })), {
    name: 'RangeError',
    message: /same projections on both sides, got 2 components on 16 directions of seed 1 and .* of seed 7/,
  });
  assert.throws(() => slicedWasserstein(two, projected([[1, 2, 3]])), { name: 'RangeError', message: /3 components/ });
  assert.throws(() => exactSlicedWasserstein([[1, 2]], [[1]], SLICING), { name: 'RangeError', message: /one size/ });
});
