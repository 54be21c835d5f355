import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomOf } from '../../../collector/src/drift/random.ts';

function momentsOf(draw: () => number, draws = 20_000): { mean: number; variance: number } {
  const values = Array.from({ length: draws }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / draws;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws };
}

test('one seed gives the same numbers, another one others', () => {
  const draws = (seed: string) => {
    const random = randomOf(seed);
    return [random.uniform(), random.normal(), random.gamma(2), random.binomial(1000, 0.3)];
  };
  assert.deepEqual(draws('a'), draws('a'));
  assert.notDeepEqual(draws('a'), draws('b'));
});

test('each distribution has its mean and variance', () => {
  const random = randomOf('moments');
  const cases: [name: string, draw: () => number, mean: number, variance: number][] = [
    ['uniform', () => random.uniform(), 1 / 2, 1 / 12],
    ['normal', () => random.normal(), 0, 1],
    ['gamma below 1', () => random.gamma(0.5), 0.5, 0.5],
    ['gamma', () => random.gamma(40), 40, 40],
    ['binomial, few', () => random.binomial(100, 0.03), 3, 2.91],
    ['binomial, many', () => random.binomial(100, 0.4), 40, 24],
    ['binomial above a half', () => random.binomial(1000, 0.9), 900, 90],
  ];
  for (const [name, draw, mean, variance] of cases) {
    const found = momentsOf(draw);
    assert.ok(Math.abs(found.mean - mean) < 5 * Math.sqrt(variance / 20_000), `${name}: mean ${found.mean}`);
    assert.ok(Math.abs(found.variance / variance - 1) < 0.08, `${name}: variance ${found.variance}`);
  }
});

test('the binomial is right value by value on both of its ways', () => {
  const random = randomOf('counts');
  for (const [n, p] of [
    [20, 0.2],
    [60, 0.3],
  ] as const) {
    const counts = new Array<number>(n + 1).fill(0);
    for (let i = 0; i < 50_000; i++) counts[random.binomial(n, p)]!++;
    let probability = (1 - p) ** n;
    for (let k = 0; k <= n; k++) {
      const expected = 50_000 * probability;
      assert.ok(Math.abs(counts[k]! - expected) < 5 * Math.sqrt(expected + 1), `${k} of ${n}: ${counts[k]}`);
      probability *= (p / (1 - p)) * ((n - k) / (k + 1));
    }
  }
});

test('edges need no draw', () => {
  const random = randomOf('edges');
  assert.equal(random.binomial(0, 0.5), 0);
  assert.equal(random.binomial(10, 0), 0);
  assert.equal(random.binomial(10, 1), 10);
  assert.equal(random.gamma(0), 0);
});
