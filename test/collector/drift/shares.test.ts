import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Summary, type SummaryOptions } from '@tidemark/sketch';
import { meanChange } from '../../../collector/src/drift/mean.ts';
import { nullShare, rangeShare, typeShare, unseenShare } from '../../../collector/src/drift/shares.ts';

function summaryOf(kind: 'number' | 'category', values: readonly unknown[], options: SummaryOptions = {}): Summary {
  const summary = new Summary(kind, options);
  for (const value of values) summary.add(value);
  return summary;
}

test('missing and NaN are null, text among numbers is of a wrong type, and both are shares of all rows', () => {
  const live = summaryOf('number', [1, null, undefined, Number.NaN, 'x', 2, 3, 4]);
  assert.equal(nullShare(live), 3 / 8);
  assert.equal(typeShare(live), 1 / 8);
  assert.equal(nullShare(summaryOf('number', [null, null])), 1);
  assert.ok(Number.isNaN(nullShare(summaryOf('number', []))));
});

test('values outside the declared range and infinities are outside', () => {
  const live = summaryOf('number', [1, 5, 11, -1, Number.POSITIVE_INFINITY, null], { range: { min: 0, max: 10 } });
  assert.equal(rangeShare(live, null), 3 / 5);
  assert.ok(Number.isNaN(rangeShare(summaryOf('number', [null]), null)));
});

test('with a baseline its smallest and largest values are the range, both of them inside', () => {
  const baseline = summaryOf('number', [2, 4, 8]);
  assert.equal(rangeShare(summaryOf('number', [2, 8, 3]), baseline), 0);
  assert.equal(rangeShare(summaryOf('number', [1, 2, 8, 9]), baseline), 0.5);
  assert.equal(rangeShare(summaryOf('number', [Number.POSITIVE_INFINITY]), baseline), 1);
  assert.ok(Number.isNaN(rangeShare(summaryOf('number', [1]), summaryOf('number', [null]))));
});

test('nothing outside is exactly 0, so that a rule `> 0` keeps quiet', () => {
  const values = Array.from({ length: 20_000 }, (_, index) => Math.sin(index) * 1e3);
  const same = summaryOf('number', values);
  assert.equal(rangeShare(same, same.clone()), 0);
});

test('unseen is what the baseline has no category for', () => {
  const baseline = summaryOf('category', ['a', 'b', 'b']);
  assert.equal(unseenShare(summaryOf('category', ['a', 'b', 'c', 'd']), baseline), 0.5);
  assert.equal(unseenShare(summaryOf('category', ['a', 'b']), baseline), 0);
  assert.equal(unseenShare(summaryOf('category', ['a', 'z'], { known: new Set(['a']) }), null), 0.5);
  assert.ok(Number.isNaN(unseenShare(summaryOf('category', [null]), baseline)));
});

test('the change of the mean has the sign of the live side', () => {
  assert.ok(Math.abs(meanChange(summaryOf('number', [0.8, 0.9]), summaryOf('number', [0.9, 0.9])) + 0.05) < 1e-12);
  assert.ok(Number.isNaN(meanChange(summaryOf('number', []), summaryOf('number', [1]))));
});
