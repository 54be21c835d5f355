import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exactScores } from '../../../collector/src/drift/index.ts';
import { stale } from '../../../collector/src/drift/stale.ts';
import { seeded } from '../../sketch/datasets.ts';
import { namesByRank } from '../../support/categories.ts';
import { mergedSummaryOf, summaryOf } from '../../support/summaries.ts';

const random = seeded(5);
const STREAMS = {
  small: Array.from({ length: 60 }, () => random()),
  continuous: Array.from({ length: 30_000 }, () => random() * 9 - 4),
  'far from zero': Array.from({ length: 30_000 }, () => 1e9 + random()),
  'zero-inflated': Array.from({ length: 30_000 }, () => (random() < 0.9 ? 0 : random())),
};

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

for (const [name, values] of Object.entries(STREAMS)) {
  test(`numbers (${name}) that come again are stale, in any order and any windows, once or twice`, () => {
    const reference = summaryOf('number', values);
    for (const again of [values, shuffled(values), shuffled([...values, ...values])]) {
      assert.equal(stale(reference, mergedSummaryOf('number', again, 24)), 1);
      assert.equal(exactScores('number', values, again).stale, 1);
    }
  });

  test(`numbers (${name}) of which some have changed are not`, () => {
    // Rounding hides a single one of those that are far from zero.
    const every = name === 'far from zero' ? 100 : values.length;
    const other = values.map((value, index) => (index % every === every >> 1 ? values[0]! + 1e-3 : value));
    assert.equal(stale(summaryOf('number', values), mergedSummaryOf('number', other, 24)), 0);
    assert.equal(exactScores('number', values, other).stale, 0);
  });
}

test('values that are drawn anew are never taken for old ones', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
      const draw = seeded(seed);
      const window = () => Array.from({ length: 2000 }, draw);
      assert.equal(stale(summaryOf('number', window()), summaryOf('number', window())), 0);
    }),
    { numRuns: 30 },
  );
});

test('categories and vectors that come again are stale, others are not', () => {
  for (const ranks of [5, 2_000]) {
    const names = namesByRank(8_000, ranks, random);
    assert.equal(stale(summaryOf('category', names), mergedSummaryOf('category', shuffled(names), 24)), 1);
    const other = names.toSpliced(17, 1, 'a new one');
    assert.equal(stale(summaryOf('category', names), mergedSummaryOf('category', other, 24)), 0);
  }
  const vectors = Array.from({ length: 300 }, () => [random(), random(), random()]);
  assert.equal(stale(summaryOf('vector', vectors), mergedSummaryOf('vector', shuffled(vectors), 5)), 1);
  assert.equal(exactScores('vector', vectors, shuffled(vectors)).stale, 1);
  const moved = vectors.toSpliced(4, 1, [5, 5, 5]);
  assert.equal(stale(summaryOf('vector', vectors), summaryOf('vector', moved)), 0);
  assert.equal(exactScores('vector', vectors, moved).stale, 0);
});

test('a constant that stays is stale, another constant is not, and nothing is neither', () => {
  const constant = summaryOf('number', [5, 5]);
  assert.equal(stale(constant, summaryOf('number', [5, 5, 5])), 1);
  assert.equal(stale(constant, summaryOf('number', [6, 6])), 0);
  assert.ok(Number.isNaN(stale(constant, summaryOf('number', [null]))));
  assert.ok(Number.isNaN(stale(summaryOf('number', []), constant)));
});
