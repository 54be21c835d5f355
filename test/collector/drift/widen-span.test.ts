import assert from 'node:assert/strict';
import { test } from 'node:test';
import { widenSpan } from '../../../collector/src/drift/widen-span.ts';

const needs = { windows: 2, mostWindows: 5, minSamples: 100 };

test('a span with enough values is as long as asked for', () => {
  assert.deepEqual(widenSpan([80, 30, 500], needs), { windows: 2, values: 110, insufficient: false });
});

test('a thin one reaches back until there are enough, over empty windows too', () => {
  assert.deepEqual(widenSpan([10, 20, 0, 90, 500], needs), { windows: 4, values: 120, insufficient: false });
});

test('at the cap it is insufficient, over the span asked for', () => {
  assert.deepEqual(widenSpan([10, 20, 5, 5, 5, 5000], needs), { windows: 2, values: 30, insufficient: true });
  assert.deepEqual(widenSpan([], needs), { windows: 2, values: 0, insufficient: true });
});

test('a cap below the span is refused', () => {
  assert.throws(() => widenSpan([1], { windows: 3, mostWindows: 2, minSamples: 1 }), RangeError);
});
