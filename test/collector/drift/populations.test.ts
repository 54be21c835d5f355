import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASELINE_SIZE_RULE, Summary } from '@tidemark/sketch';
import { CategoryPopulation } from '../../../collector/src/drift/category-population.ts';
import { ks } from '../../../collector/src/drift/ks.ts';
import { NumberPopulation } from '../../../collector/src/drift/number-population.ts';
import { randomOf } from '../../../collector/src/drift/random.ts';

function normals(n: number): Summary {
  const random = randomOf(`normals ${n}`);
  const summary = new Summary('number', { sizeRule: BASELINE_SIZE_RULE });
  for (let i = 0; i < n; i++) summary.add(random.normal());
  return summary;
}

test('a drawn window of any size holds exactly so many values, all of them within the range of the baseline', () => {
  const { digest } = normals(5000);
  const population = new NumberPopulation(digest);
  const random = randomOf('sizes');
  for (const n of [1, 2, 7, 100, 2048, 2049, 5000, 100_000, 1_000_003]) {
    const window = population.draw(n, random);
    assert.equal(window.kinds.valid, n);
    assert.equal(window.digest.count, n);
    assert.equal(window.moments.count, n);
    assert.ok(window.digest.min >= digest.min && window.digest.max <= digest.max);
  }
});

test('windows differ from the baseline by the noise of both sides, whatever their size', () => {
  for (const [nRef, n] of [
    [20_000, 200],
    [2000, 2000],
    [20_000, 50_000],
  ] as const) {
    const { digest, moments } = normals(nRef);
    const population = new NumberPopulation(digest);
    const random = randomOf(`noise ${n}`);
    const off = Array.from({ length: 400 }, () => population.draw(n, random).moments.mean - moments.mean);
    const variance = off.reduce((sum, one) => sum + one * one, 0) / off.length;
    const expected = moments.variance * (1 / n + 1 / nRef);
    assert.ok(Math.abs(variance / expected - 1) < 0.3, `${nRef}, ${n}: ${variance / expected}`);
  }
});

test('values that come again and again come again and again', () => {
  const summary = new Summary('number');
  for (let i = 0; i < 3000; i++) summary.add(i % 10 < 7 ? 0 : (i % 3) + 1);
  const window = new NumberPopulation(summary.digest).draw(10_000, randomOf('atoms'));
  assert.deepEqual([...window.digest.knots()], [0, 1, 2, 3]);
  assert.ok(ks(summary.digest, window.digest) < 0.05);
});

test('a window of categories holds so many of them, at the shares of the baseline', () => {
  const summary = new Summary('category');
  for (let i = 0; i < 10_000; i++) summary.add(i % 10 < 6 ? 'often' : `rare ${i % 50}`);
  const population = new CategoryPopulation(summary.categories);
  for (const n of [1, 100, 4096, 4097, 200_000]) {
    const { categories, kinds } = population.draw(n, randomOf('categories'));
    assert.equal(categories.total, n);
    assert.equal(kinds.valid, n);
    if (n > 1000) assert.ok(Math.abs(categories.count('often') / n - 0.6) < 0.04);
  }
});

test('as many categories are new as came once, and none where each came often', () => {
  const once = new Summary('category');
  for (let i = 0; i < 900; i++) once.add(`k${i % 9}`);
  for (let i = 0; i < 100; i++) once.add(`once ${i}`);
  const window = new CategoryPopulation(once.categories).draw(4000, randomOf('new'));
  const known = new Set(once.categories.entries().map(({ key }) => key));
  const isNew = window.categories.entries().filter(({ key }) => !known.has(key));
  const share = isNew.reduce((sum, { count }) => sum + count, 0) / 4000;
  assert.ok(share > 0.06 && share < 0.13, `${share}`);
  const often = new Summary('category');
  for (let i = 0; i < 900; i++) often.add(`k${i % 9}`);
  assert.equal(new CategoryPopulation(often.categories).draw(4000, randomOf('none')).categories.size, 9);
});
