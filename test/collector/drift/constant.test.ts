import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  constantShare,
  exactCategoryConstantShare,
  exactConstantShare,
} from '../../../collector/src/drift/constant.ts';
import { countsOf } from '../../support/categories.ts';
import { mergedSummaryOf, summaryOf } from '../../support/summaries.ts';

test('the share of the most frequent value, of numbers, categories and vectors', () => {
  assert.equal(constantShare(summaryOf('number', [1, 2, 2, 2, null, 'x'])), 0.75);
  assert.equal(constantShare(summaryOf('category', ['a', 'b', 'b', null])), 2 / 3);
  assert.equal(
    constantShare(
      summaryOf('vector', [
        [1, 2],
        [1, 2],
        [1, 2],
        [3, 4],
      ]),
    ),
    0.75,
  );
  for (const [kind, value] of [
    ['number', 0.1],
    ['category', 'a'],
    ['vector', [0.1, 0.2, 0.3]],
  ] as const) {
    assert.equal(constantShare(mergedSummaryOf(kind, new Array(5000).fill(value), 24)), 1, kind);
    assert.ok(Number.isNaN(constantShare(summaryOf(kind, [null]))), kind);
  }
  assert.ok(constantShare(summaryOf('number', [...new Array(5000).fill(7), 8])) < 1, 'one other value is enough');
});

test('raw values and exact summaries agree, of any values', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 150 }), (values) => {
      const counts = [...countsOf(values.map(String)).values()];
      const expected = Math.max(...counts) / values.length;
      assert.equal(exactConstantShare(Float64Array.from(values).sort()), expected);
      assert.equal(exactCategoryConstantShare(countsOf(values.map(String))), expected);
      assert.ok(Math.abs(constantShare(mergedSummaryOf('number', values, 3)) - expected) < 1e-12);
      assert.ok(Math.abs(constantShare(mergedSummaryOf('category', values, 3)) - expected) < 1e-12);
    }),
  );
  assert.ok(Number.isNaN(exactConstantShare([])));
  assert.ok(Number.isNaN(exactCategoryConstantShare(new Map())));
});

test('a default value in a tenth of a continuous stream is found in full', () => {
  const values = Array.from({ length: 20_000 }, (_, index) => (index % 10 === 0 ? -1 : Math.sin(index * 1.3) * 5));
  assert.ok(Math.abs(constantShare(mergedSummaryOf('number', values, 24)) - 0.1) < 0.006);
});
