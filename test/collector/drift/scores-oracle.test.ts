import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASELINE_SIZE_RULE, type Digest, Summary, WINDOW_SIZE_RULE } from '@tidemark/sketch';
import { exactShares, makeBins } from '../../../collector/src/drift/bins.ts';
import { chiSquare } from '../../../collector/src/drift/cramers-v.ts';
import { exactQuantile } from '../../../collector/src/drift/exact-quantile.ts';
import { hellingerTerm } from '../../../collector/src/drift/hellinger.ts';
import { digestScores, exactScores, type MeasureName } from '../../../collector/src/drift/index.ts';
import { jensenShannonTerm } from '../../../collector/src/drift/jensen-shannon.ts';
import { SHIFT_QUANTILES } from '../../../collector/src/drift/quantile-shift.ts';
import { rankErrorBound, rootDistanceError, wassersteinError } from '../../../collector/src/drift/sketch-error.ts';
import { exactWasserstein, wasserstein } from '../../../collector/src/drift/wasserstein.ts';
import { close, columnsOf, digested, numericSides, shareUpTo, uncertain } from '../../support/oracle-columns.ts';
import { cellsOf, publishedCases, skipWithoutData } from '../../support/real-data.ts';

const RANK_ERROR = rankErrorBound(BASELINE_SIZE_RULE) + rankErrorBound(WINDOW_SIZE_RULE);

/** The largest difference of each score and where it was. */
class Worst {
  readonly #all = new Map<string, { off: number; what: string }>();

  note(score: string, off: number, what: string): void {
    if (off > (this.#all.get(score)?.off ?? -1)) this.#all.set(score, { off, what });
  }

  of(score: string): number {
    return this.#all.get(score)?.off ?? Number.NaN;
  }

  *lines(): Iterable<string> {
    for (const [score, { off, what }] of this.#all) yield `largest error of ${score} ${off.toFixed(5)} (${what})`;
  }
}

test('every score of raw numbers agrees with the oracle to 1e-9', { skip: skipWithoutData }, () => {
  const columns = columnsOf('numeric');
  assert.ok(columns.length > 90, `${columns.length} numeric columns`);
  let constant = 0;
  for (const { pair, name, column } of columns) {
    const { reference, current } = numericSides(pair, name);
    const scores = exactScores('number', reference, current);
    const expected = column.decile_bins.right_closed;
    const same = (score: MeasureName, value: number): void =>
      close(scores[score] ?? Number.NaN, value, `${pair} ${name}: ${score}`);
    same('psi', expected.psi.zero_share_to_1e_4);
    same('ks', column.ks.statistic);
    same('js', expected.js_distance_base2);
    same('hellinger', expected.hellinger);
    same('l_infinity', expected.l_infinity);
    same('mean', column.current.mean);
    same('mean_change', column.current.mean - column.reference.mean);
    close(exactWasserstein(reference, current), column.wasserstein.distance, `${pair} ${name}: wasserstein`);
    const [before, after] = [column.reference_percentiles_0_to_100, column.current_percentiles_0_to_100];
    for (let percent = 0; percent <= 100; percent++) {
      close(exactQuantile(reference, percent / 100), before[percent]!, `${pair} ${name}: percentile ${percent}`);
      close(exactQuantile(current, percent / 100), after[percent]!, `${pair} ${name}: percentile ${percent}`);
    }
    const sigma = column.reference.std_population;
    const sigmas = column.wasserstein.divided_by_reference_std_population;
    if (sigmas === null) {
      constant++;
      const [from, to] = [column.reference.mean, column.current];
      // A constant has no sigma to measure in, unless nothing has moved.
      assert.equal(scores.wasserstein, to.min === from && to.max === from ? 0 : undefined, `${pair} ${name}`);
      continue;
    }
    same('wasserstein', sigmas);
    same('mean_shift', (column.current.mean - column.reference.mean) / sigma);
    same(
      'quantile_shift',
      Math.max(...SHIFT_QUANTILES.map((p) => Math.abs(after[p * 100]! - before[p * 100]!))) / sigma,
    );
    if (column.current.std_population > 0) {
      same('variance_shift', 2 * Math.log(column.current.std_population / sigma));
    }
    const outside = [...current].filter((x) => x < column.reference.min || x > column.reference.max).length;
    same('range_share', outside / current.length);
  }
  assert.ok(constant > 0, 'the constant columns are there');
});

test('every score of raw categories agrees with the oracle to 1e-9, and so do summaries of up to 50', {
  skip: skipWithoutData,
}, () => {
  const columns = columnsOf('categorical');
  assert.ok(columns.length > 40, `${columns.length} categorical columns`);
  for (const { pair, name, column } of columns) {
    const { reference, current } = cellsOf(pair, name);
    const exact = exactScores('category', reference, current);
    const [baseline, live] = [summaryOf(reference), summaryOf(current)];
    const summarised = digestScores(baseline, live, makeBins(baseline));
    for (const scores of column.n_categories <= 50 ? [exact, summarised] : [exact]) {
      const same = (score: MeasureName, value: number): void =>
        close(scores[score] ?? Number.NaN, value, `${pair} ${name}: ${score}`);
      // New categories share the bin `other` in summaries, and its floor; the other scores add up over them alike.
      if (scores === exact || exact.new_category_share === 0) same('psi', column.psi.zero_share_to_1e_4);
      same('js', column.js_distance_base2);
      same('hellinger', column.hellinger);
      same('l_infinity', column.l_infinity);
      // The oracle leaves out tables of one category; there V is 0.
      same('cramers_v', column.chi_square?.cramers_v ?? 0);
    }
    // What is not over the bins is the same as long as the summary lists all categories.
    for (const score of Object.keys(exact) as MeasureName[]) {
      if (score === 'psi' || score === 'js' || score === 'hellinger' || score === 'cramers_v') continue;
      close(summarised[score] ?? Number.NaN, exact[score]!, `${pair} ${name}: ${score} of summaries`);
    }
    if (!column.chi_square || !column.reference_counts || !column.current_counts) continue;
    const [n, m] = [reference.length, current.length];
    const shares = [column.reference_counts.map((count) => count / n), column.current_counts.map((count) => count / m)];
    const statistic = chiSquare(shares[0]!, shares[1]!, n, m);
    close(statistic, column.chi_square.statistic, `${pair} ${name}: chi-square`);
  }
});

test('scores of the small cases that other projects publish', { skip: skipWithoutData }, () => {
  const score = { hellinger_categorical: 'hellinger', l_infinity: 'l_infinity' } as const;
  const cases = publishedCases().filter((one) => Object.hasOwn(score, one.test));
  assert.equal(cases.length, 3);
  const values = (counts: readonly number[]) => counts.flatMap((count, index) => new Array(count).fill(index));
  for (const one of cases) {
    const reference = one.reference ?? values(one.reference_counts ?? []);
    const current = one.current ?? values(one.current_counts ?? []);
    const found = exactScores('category', reference, current)[score[one.test as keyof typeof score]]!;
    assert.ok(Math.abs(found - one.expected) <= one.abs_tol, `${one.test}: ${found} against ${one.expected}`);
  }
});

test('scores of digests are within what the errors of the digests allow, and mostly far closer', {
  skip: skipWithoutData,
}, (t) => {
  const worst = new Worst();
  for (const { pair, name } of columnsOf('numeric')) {
    const what = `${pair} ${name}`;
    const { reference, current } = numericSides(pair, name);
    const { baseline, live } = digested(pair, name);
    const bins = makeBins(baseline);
    assert.ok(bins.kind === 'number');
    const [found, exact] = [digestScores(baseline, live, bins), exactScores('number', reference, current)];
    assert.deepEqual(Object.keys(found), Object.keys(exact), what);
    const off = (score: MeasureName): number => {
      const difference = Math.abs((found[score] ?? 0) - (exact[score] ?? 0));
      worst.note(score, difference, what);
      return difference;
    };

    // Counts and moments are exact.
    for (const score of ['null_share', 'type_share', 'mean', 'mean_change', 'mean_shift', 'variance_shift'] as const) {
      assert.ok(off(score) <= 1e-9 * Math.max(1, Math.abs(exact[score] ?? 0)), `${what}: ${score}`);
    }

    const sigma = baseline.moments.deviation;
    const area = Math.abs(wasserstein(baseline.digest, live.digest) - exactWasserstein(reference, current));
    const allowed = wassersteinError(baseline.digest) + wassersteinError(live.digest);
    assert.ok(area <= allowed + 1e-9, `${what}: wasserstein off by ${area}, ${allowed} allowed`);
    if (sigma > 0) worst.note('wasserstein over its limit', area / Math.max(allowed, 1e-6 * sigma), what);
    assert.ok(off('wasserstein') <= 0.002, `${what}: ${found.wasserstein} against ${exact.wasserstein}`);

    // Distances over bins: first against raw values in the same bins, where only the distribution functions can be off.
    const edges = (digest: Digest, sorted: Float64Array) =>
      bins.cuts.map((cut) => Math.abs(digest.cdf(cut) - shareUpTo(sorted, cut)));
    const [p, q] = [exactShares(bins.cuts, reference)!, exactShares(bins.cuts, current)!];
    const sides = [
      uncertain(p, edges(baseline.digest, reference), reference.length),
      uncertain(q, edges(live.digest, current), current.length),
    ] as const;
    const inSameBins = scoresOfShares(p, q);
    const limits = {
      js: rootDistanceError(jensenShannonTerm, 1 / Math.LN2, ...sides),
      hellinger: rootDistanceError(hellingerTerm, 0.5, ...sides),
    };
    for (const score of ['js', 'hellinger'] as const) {
      const within = Math.abs(found[score]! - inSameBins[score]);
      assert.ok(within <= limits[score] + 1e-9, `${what}: ${score} off by ${within}, ${limits[score]} allowed`);
      worst.note(`${score} in the same bins`, within, what);
      worst.note(`${score} by the place of the cuts alone`, Math.abs(inSameBins[score] - exact[score]!), what);
      // The relative part is for bins that hold next to nothing: a root makes much of a share of 0.1 %.
      assert.ok(off(score) <= 0.003 + 0.055 * exact[score]!, `${what}: ${found[score]} against ${exact[score]}`);
    }
    assert.ok(off('l_infinity') <= 2 * RANK_ERROR, what);
    assert.ok(off('range_share') <= 2 * rankErrorBound(WINDOW_SIZE_RULE), what);
    // A value with 0.6 % of the weight keeps its own step; a rarer one may have been folded with others.
    assert.ok(off('constant_share') <= 0.006, what);
    assert.equal(found.stale, exact.stale, what);

    // A quantile of a digest is one of the values' at a share within its rank error; across a gap that is far away.
    for (const [digest, sorted, rule] of [
      [baseline.digest, reference, BASELINE_SIZE_RULE],
      [live.digest, current, WINDOW_SIZE_RULE],
    ] as const) {
      const error = rankErrorBound(rule) + 1 / sorted.length;
      for (const share of SHIFT_QUANTILES) {
        const quantile = digest.quantile(share);
        assert.ok(quantile >= exactQuantile(sorted, Math.max(0, share - error)) - 1e-9 * sigma, `${what} ${share}`);
        assert.ok(quantile <= exactQuantile(sorted, Math.min(1, share + error)) + 1e-9 * sigma, `${what} ${share}`);
      }
    }
    assert.ok(off('quantile_shift') <= 0.05, `${what}: ${found.quantile_shift} against ${exact.quantile_shift}`);
  }
  for (const line of worst.lines()) t.diagnostic(line);
  // What is stated in sketch-error.ts.
  assert.ok(worst.of('wasserstein over its limit') < 0.1);
  assert.ok(worst.of('js by the place of the cuts alone') < 0.002);
  assert.ok(worst.of('hellinger by the place of the cuts alone') < 0.002);
});

/** js and hellinger, written out apart from the code under test. */
function scoresOfShares(p: readonly number[], q: readonly number[]): { js: number; hellinger: number } {
  let [bits, roots] = [0, 0];
  for (const [index, one] of p.entries()) {
    const other = q[index]!;
    const middle = (one + other) / 2;
    if (one > 0) bits += (one / 2) * Math.log2(one / middle);
    if (other > 0) bits += (other / 2) * Math.log2(other / middle);
    roots += Math.sqrt(one * other);
  }
  return { js: Math.sqrt(Math.max(0, bits)), hellinger: Math.sqrt(Math.max(0, 1 - roots)) };
}

function summaryOf(values: readonly string[]): Summary {
  const summary = new Summary('category');
  for (const value of values) summary.add(value);
  return summary;
}
