import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Summary } from '@tidemark/sketch';
import { categoryShare, impossibleShare, quantileOf, shareBelow } from '../../../collector/src/drift/asked.ts';

function summaryOf(kind: 'number' | 'category', values: readonly unknown[]): Summary {
  const summary = new Summary(kind);
  for (const value of values) summary.add(value);
  return summary;
}

test('a quantile of merged windows is that of all their values', () => {
  const first = summaryOf(
    'number',
    Array.from({ length: 50 }, (_, i) => i + 1),
  );
  first.merge(
    summaryOf(
      'number',
      Array.from({ length: 50 }, (_, i) => i + 51),
    ),
  );
  assert.deepEqual(
    [0.5, 0.99, 1].map((p) => quantileOf(first, p)),
    [50, 99, 100],
  );
  assert.ok(Number.isNaN(quantileOf(new Summary('number'), 0.5)));
});

test('a share below a bound leaves out the bound', () => {
  const live = summaryOf('number', [0.1, 0.5, 0.5, 0.9]);
  assert.deepEqual(
    [0.5, 0.6, 0.05, 2].map((bound) => shareBelow(live, bound)),
    [0.25, 0.75, 0, 1],
  );
});

test('the share of a class counts valid values', () => {
  const live = summaryOf('category', ['a', 'a', 'b', null]);
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => categoryShare(live, name)),
    [2 / 3, 1 / 3, 0],
  );
  assert.ok(Number.isNaN(categoryShare(new Summary('category'), 'a')));
});

test('numbers that are no probabilities are counted, both ends being allowed', () => {
  assert.equal(impossibleShare(summaryOf('number', [0, 1, 0.5])), 0);
  assert.equal(impossibleShare(summaryOf('number', [0, 1, 1.5, -0.1])), 0.5);
  assert.equal(impossibleShare(summaryOf('number', [0.5, Infinity])), 0.5);
  assert.equal(impossibleShare(summaryOf('number', [Infinity])), 1);
  assert.ok(Number.isNaN(impossibleShare(new Summary('number'))));
});
