import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layout } from '../../loadtest/bench/result-file.ts';

test('a result is laid out as JSON that reads back, to four digits, short things on one line', () => {
  const value = {
    a: 1.23456789,
    many: Array.from({ length: 60 }, (_, i) => i / 7),
    nested: { deep: { x: null } },
    n: 100_000,
  };
  const text = layout(value);
  assert.deepEqual(JSON.parse(text), {
    ...value,
    a: 1.235,
    many: value.many.map((one) => (Number.isInteger(one) ? one : Number(one.toPrecision(4)))),
  });
  assert.match(text, /^ {2}"nested": \{"deep":\{"x":null\}\},$/m);
});
