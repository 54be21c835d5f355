import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MEASURES } from '../../../collector/src/drift/index.ts';
import { categoryLInfinity, exactCategoryLInfinity, lInfinity } from '../../../collector/src/drift/l-infinity.ts';
import { seeded } from '../../sketch/datasets.ts';
import { countsOf, namesByRank } from '../../support/categories.ts';
import { sharesOver } from '../../support/shares.ts';
import { mergedSummaryOf, summaryOf } from '../../support/summaries.ts';

test('it is the largest difference of any share, a metric from 0 to 1', () => {
  assert.equal(lInfinity([0.5, 0.5, 0], [0.25, 0.25, 0.5]), 0.5);
  fc.assert(
    fc.property(sharesOver(6), sharesOver(6), sharesOver(6), (p, q, r) => {
      assert.ok(lInfinity(p, q) <= 1);
      assert.equal(lInfinity(p, q), lInfinity(q, p));
      assert.equal(lInfinity(p, p), 0);
      assert.ok(lInfinity(p, r) <= lInfinity(p, q) + lInfinity(q, r) + 1e-12);
    }),
  );
  assert.throws(() => lInfinity([1], [0.5, 0.5]), { name: 'RangeError' });
});

test('new categories count one by one, not pooled', () => {
  const reference = summaryOf('category', ['a', 'a', 'b', 'b']);
  const live = summaryOf('category', ['a', 'a', 'b', 'b', 'c', 'd', 'e', 'f']);
  assert.equal(MEASURES.l_infinity.score({ live, reference, bins: null }), 0.25);
  assert.ok(Number.isNaN(categoryLInfinity(reference.categories, summaryOf('category', []).categories)));
  assert.ok(Number.isNaN(exactCategoryLInfinity(new Map(), new Map([['a', 1]]))));
});

test('beyond what summaries list it is off by no more than the unlisted can have been', () => {
  const random = seeded(3);
  const reference = namesByRank(20_000, 2_000, random);
  for (const live of [namesByRank(8_000, 2_000, random), namesByRank(8_000, 2_000, random).fill('one', 0, 1_600)]) {
    const [before, now] = [mergedSummaryOf('category', reference, 24), mergedSummaryOf('category', live, 24)];
    const found = categoryLInfinity(before.categories, now.categories);
    const exact = exactCategoryLInfinity(countsOf(reference), countsOf(live));
    const allowed = [before, now].reduce((sum, { categories }) => sum + categories.unlistedMost / categories.total, 0);
    assert.ok(!now.categories.exact && allowed > 0 && allowed < 0.01, `${allowed}`);
    assert.ok(Math.abs(found - exact) <= allowed, `${found} against ${exact}, ${allowed} allowed`);
  }
});
