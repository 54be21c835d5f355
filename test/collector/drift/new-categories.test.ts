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

test('beyond that the number of names is an estimate, of which only what is certain is told', () => {
  const known = named('k', 20_000);
  assert.equal(share(known, known.slice(0, 15_000)), 0);
  const found = share(known, [...known.slice(0, 20_000), ...named('n', 20_000)]);
  assert.ok(found > 0.4 && found <= 0.52, `${found} of exactly 0.5`);
  assert.ok(share(known, named('n', 40_000)) > 0.9);
});

test('where a side is empty there is none', () => {
  assert.ok(Number.isNaN(share([], ['a'])));
  assert.ok(Number.isNaN(share(['a'], [])));
  assert.ok(Number.isNaN(exactNewCategoryShare(new Map(), countsOf(['a']))));
});
