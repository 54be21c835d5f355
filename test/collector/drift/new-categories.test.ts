import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MEASURES } from '../../../collector/src/drift/index.ts';
import { exactNewCategoryShare, newCategoryShare } from '../../../collector/src/drift/new-categories.ts';
import { countsOf } from '../../support/categories.ts';
import { mergedSummaryOf, summaryOf } from '../../support/summaries.ts';

const named = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const share = (reference: readonly string[], live: readonly string[]): number =>
  newCategoryShare(
    mergedSummaryOf('category', reference, 5).categories,
    mergedSummaryOf('category', live, 5).categories,
  );

test('names are counted once, rows are not: one rare new name of two is half of the names and little of the rows', () => {
  const reference = summaryOf('category', ['a', 'b']);
  const values = [...new Array<string>(999).fill('a'), 'c'];
  const input = { live: summaryOf('category', values), reference, bins: null };
  assert.equal(MEASURES.new_category_share.score(input), 0.5);
  assert.ok(Math.abs(MEASURES.unseen_share.score(input) - 0.001) < 1e-12);
  assert.equal(exactNewCategoryShare(countsOf(['a', 'b']), countsOf(values)), 0.5);
});

test('names beyond those a summary lists are told from new ones, exactly up to 2 048', () => {
  const known = named('k', 1500);
  assert.equal(share(known, known.slice(0, 1000)), 0);
  assert.equal(share(known, [...known.slice(0, 300), ...named('n', 300)]), 0.5);
  assert.equal(share(known, known.slice(0, 10)), 0);
});

test('beyond that numbers of names are estimates, and known ones alone are still exactly 0', () => {
  const known = named('k', 20_000);
  for (const part of [10, 3_000, 15_000]) assert.equal(share(known, known.slice(0, part)), 0, `${part}`);
  const added = (count: number) => share(known, [...known, ...named('n', count)]);
  // Three standard errors of the 40 000 and 22 000 together.
  assert.ok(Math.abs(added(20_000) - 0.5) < 0.03, `${added(20_000)} of exactly 0.5`);
  assert.ok(Math.abs(added(2_000) - 1 / 11) < 0.03, `${added(2_000)} of exactly 0.0909`);
  assert.ok(share(known, named('n', 40_000)) > 0.95);
});

test('where a side is empty there is none', () => {
  assert.ok(Number.isNaN(share([], ['a'])));
  assert.ok(Number.isNaN(share(['a'], [])));
  assert.ok(Number.isNaN(exactNewCategoryShare(new Map(), countsOf(['a']))));
});
