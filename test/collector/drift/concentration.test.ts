import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DISTINCT_STANDARD_ERROR } from '@tidemark/sketch';
import fc from 'fast-check';
import { entropy, gini, topShare } from '../../../collector/src/drift/concentration.ts';
import { MEASURES } from '../../../collector/src/drift/index.ts';
import { exactOccurrences, occurrencesOf, uncertainShare } from '../../../collector/src/drift/occurrences.ts';
import { seeded } from '../../sketch/datasets.ts';
import { countsOf, namesByRank } from '../../support/categories.ts';
import { mergedSummaryOf, summaryOf } from '../../support/summaries.ts';

const near = (found: number, expected: number, what = ''): void =>
  assert.ok(Math.abs(found - expected) < 1e-9, `${what} ${found} against ${expected}`);
const of = (...counts: readonly number[]) =>
  exactOccurrences(new Map(counts.map((count, index) => [`k${index}`, count])));
const some = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 30 });

test('by hand: the top, the entropy and the Gini coefficient of four categories', () => {
  const four = of(1, 4, 2, 1);
  near(topShare(four, 1), 0.5);
  near(topShare(four, 2), 0.75);
  near(topShare(four), 1);
  // -(1/2 ln 1/2 + 1/4 ln 1/4 + 2/8 ln 1/8) = 1.75 ln 2, of ln 4.
  near(entropy(four), 1.75 / 2);
  // All pairs: |1-4| |1-2| |1-1| |4-2| |4-1| |2-1| = 10, both ways 20, over 2 * 4 * 8.
  near(gini(four), 20 / 64);
});

test('equal categories have entropy 1 and Gini 0; one alone has neither spread nor rivals; none has nothing', () => {
  const equal = of(3, 3, 3, 3, 3);
  near(entropy(equal), 1);
  near(gini(equal), 0);
  assert.deepEqual([topShare(of(7)), entropy(of(7)), gini(of(7))], [1, 0, 0]);
  for (const score of [topShare, entropy, gini]) assert.ok(Number.isNaN(score([])));
});

test('Gini is half the relative mean difference, entropy that of the shares, whatever the order and the size', () => {
  fc.assert(
    fc.property(some, fc.integer({ min: 2, max: 9 }), (counts, times) => {
      const total = counts.reduce((sum, one) => sum + one, 0);
      let differences = 0;
      for (const one of counts) for (const other of counts) differences += Math.abs(one - other);
      near(gini(of(...counts)), differences / (2 * counts.length * total), 'gini');
      const nats = counts.reduce((sum, one) => sum - (one / total) * Math.log(one / total), 0);
      if (counts.length > 1) near(entropy(of(...counts)), nats / Math.log(counts.length), 'entropy');
      const larger = counts.map((count) => count * times).reverse();
      for (const score of [topShare, entropy, gini]) {
        near(score(of(...larger)), score(of(...counts)), score.name);
        assert.ok(score(of(...counts)) >= 0 && score(of(...counts)) <= 1);
      }
    }),
  );
});

test('summaries that list all categories give what raw counts give, merged or not', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 200 }), (values) => {
      const names = values.map(String);
      const exact = exactOccurrences(countsOf(names));
      for (const { categories } of [summaryOf('category', names), mergedSummaryOf('category', names, 6)]) {
        assert.equal(uncertainShare(categories), 0);
        for (const score of [topShare, entropy, gini]) near(score(occurrencesOf(categories)), score(exact), score.name);
      }
    }),
  );
});

test('beyond, they are within the bounds that follow from what is uncertain', (t) => {
  const random = seeded(9);
  const ids = Array.from({ length: 30_000 }, (_, index) => `id-${index}`);
  for (const [what, names] of [
    ['2 000 ranks', namesByRank(30_000, 2_000, random)],
    ['20 000 ranks', namesByRank(30_000, 20_000, random)],
    ['ids', ids],
  ] as const) {
    const { categories } = mergedSummaryOf('category', names, 24);
    assert.ok(!categories.exact);
    const [found, exact] = [occurrencesOf(categories), exactOccurrences(countsOf(names))];
    const uncertain = uncertainShare(categories);
    const top = topShare(exact) - topShare(found);
    // Above only where unlisted ones are among the top, whose average the estimate of k gives.
    const above = (10 * 3 * DISTINCT_STANDARD_ERROR) / categories.distinct;
    assert.ok(top >= -above && top <= (10 * categories.unlistedMost) / categories.total, `${what}: top off by ${top}`);
    const binary = uncertain >= 1 ? 0 : -uncertain * Math.log(uncertain) - (1 - uncertain) * Math.log(1 - uncertain);
    const logK = Math.log(categories.distinct);
    const ofDistinct = (3 * DISTINCT_STANDARD_ERROR) / logK;
    const entropyOff = Math.abs(entropy(found) - entropy(exact));
    assert.ok(entropyOff <= uncertain + binary / logK + ofDistinct, `${what}: entropy off by ${entropyOff}`);
    const giniOff = Math.abs(gini(found) - gini(exact));
    assert.ok(giniOff <= 2 * uncertain + 6 * DISTINCT_STANDARD_ERROR, `${what}: Gini off by ${giniOff}`);
    // As measured; an even spread over what is not listed misses how uneven that is.
    assert.ok(entropyOff < 0.03 && giniOff < 0.15, `${what}: entropy ${entropyOff}, Gini ${giniOff}`);
    t.diagnostic(
      `${what}: top ${top.toFixed(4)}, entropy ${entropyOff.toFixed(4)}, gini ${giniOff.toFixed(4)}, uncertain ${uncertain.toFixed(4)}`,
    );
  }
});

test('against a baseline the change has its sign: one category that takes over', () => {
  const reference = summaryOf('category', ['a', 'b', 'c', 'd']);
  const live = summaryOf('category', ['a', 'a', 'a', 'a', 'a', 'b', 'c', 'd']);
  const input = { live, reference, bins: null };
  assert.ok(MEASURES.entropy_change.score(input) < -0.1);
  assert.ok(MEASURES.gini_change.score(input) > 0.1);
  near(MEASURES.gini_change.score(input), MEASURES.gini.score(input), 'from 0');
  assert.equal(MEASURES.top_share_change.score(input), 0);
  assert.ok(Number.isNaN(MEASURES.gini_change.score({ ...input, live: summaryOf('category', []) })));
});
