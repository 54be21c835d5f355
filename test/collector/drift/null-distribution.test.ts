import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEVELS, NullDistribution, SMALLEST_TAIL } from '../../../collector/src/drift/null-distribution.ts';
import { randomOf } from '../../../collector/src/drift/random.ts';

function exponentials(n: number): NullDistribution {
  const random = randomOf(`exponential ${n}`);
  return NullDistribution.ofDraws(Array.from({ length: n }, () => -Math.log(random.uniform())));
}

test('quantiles of draws are those of their distribution, and the fitted tail goes on beyond the draws', () => {
  const nulls = exponentials(4000);
  for (const p of [0.5, 0.1, 0.01]) assert.ok(Math.abs(nulls.quantile(p) / -Math.log(p) - 1) < 0.12, `${p}`);
  for (const p of [1e-3, 1 / 8640]) {
    const chance = Math.exp(-nulls.quantile(p));
    assert.ok(chance > p / 3 && chance < p * 3, `${p}: ${chance}`);
  }
});

test('tail and quantile undo each other', () => {
  const nulls = exponentials(2000);
  for (const p of [0.9, 0.31, 0.05, 0.004, 1 / 720, 1e-6]) {
    assert.ok(Math.abs(nulls.tail(nulls.quantile(p)) / p - 1) < 0.05, `${p}: ${nulls.tail(nulls.quantile(p))}`);
  }
  assert.equal(nulls.tail(1e9), SMALLEST_TAIL);
  assert.equal(nulls.tail(-1), 1);
});

test('a larger score is never likelier', () => {
  const nulls = exponentials(500);
  let before = 1;
  for (let score = 0; score < 30; score += 0.01) {
    const tail = nulls.tail(score);
    assert.ok(tail <= before, `${score}`);
    before = tail;
  }
});

test('of scores that take few values each counts half of its own probability', () => {
  const nulls = NullDistribution.ofProbabilities([0, 1, 2], [0.7, 0.25, 0.05]);
  assert.ok(Math.abs(nulls.tail(1) - (0.05 + 0.125)) < 0.02, `${nulls.tail(1)}`);
  assert.ok(Math.abs(nulls.tail(0) - 0.65) < 0.05, `${nulls.tail(0)}`);
  assert.equal(nulls.tail(3), SMALLEST_TAIL);
});

test('where the draws do not vary all that lies beyond is beyond chance', () => {
  const nulls = NullDistribution.ofDraws(new Array<number>(1000).fill(0));
  assert.equal(nulls.tail(0.001), SMALLEST_TAIL);
  assert.ok(nulls.tail(0) >= 0.4);
  assert.equal(nulls.spread, 0);
});

test('between two sizes the quantiles follow the power of the size that joins them', () => {
  const one = new NullDistribution(Float64Array.from(LEVELS, (p) => -Math.log(p)));
  const quarter = one.map((quantile) => quantile / 4);
  const half = NullDistribution.between(one, quarter, 0.5);
  assert.ok(Math.abs(half.quantile(0.05) - one.quantile(0.05) / 2) < 1e-9);
  assert.deepEqual(NullDistribution.larger(quarter, one).quantiles, one.quantiles);
});

test('mean and deviation are those of the distribution', () => {
  const { mean, deviation } = exponentials(4000).moments;
  assert.ok(Math.abs(mean - 1) < 0.06, `${mean}`);
  assert.ok(Math.abs(deviation - 1) < 0.08, `${deviation}`);
});
