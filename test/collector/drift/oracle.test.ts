import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASELINE_SIZE_RULE, Summary, WINDOW_SIZE_RULE } from '@tidemark/sketch';
import { exactDecileCuts, exactShares, makeBins, sharesIn } from '../../../collector/src/drift/bins.ts';
import { MEASURES } from '../../../collector/src/drift/index.ts';
import { exactKs, ks } from '../../../collector/src/drift/ks.ts';
import { exactCategoryPsi, psi } from '../../../collector/src/drift/psi.ts';
import { psiBounds, rankErrorBound } from '../../../collector/src/drift/sketch-error.ts';
import { close, columnsOf, digested, numericSides, shareUpTo, uncertain } from '../../support/oracle-columns.ts';
import { cellsOf, skipWithoutData } from '../../support/real-data.ts';

const REFERENCE_ERROR = rankErrorBound(BASELINE_SIZE_RULE);
const LIVE_ERROR = rankErrorBound(WINDOW_SIZE_RULE);
test('cuts, bins, psi and ks of raw values agree with numpy and scipy to 1e-9', { skip: skipWithoutData }, () => {
  const columns = columnsOf('numeric');
  assert.ok(columns.length > 80, `${columns.length} numeric columns`);
  for (const { pair, name, column } of columns) {
    const what = `${pair} ${name}`;
    const { reference, current } = numericSides(pair, name);
    const expected = column.decile_bins;
    const cuts = exactDecileCuts(reference);
    assert.equal(cuts.length, expected.inner_cuts.length, `${what}: cuts`);
    for (const [index, cut] of cuts.entries()) close(cut, expected.inner_cuts[index]!, `${what}: cut ${index}`);
    const [p, q] = [exactShares(expected.inner_cuts, reference)!, exactShares(expected.inner_cuts, current)!];
    const counts = (shares: number[], n: number): number[] => shares.map((share) => Math.round(share * n));
    assert.deepEqual(counts(p, reference.length), expected.right_closed.reference_counts, what);
    assert.deepEqual(counts(q, current.length), expected.right_closed.current_counts, what);
    close(psi(p, q), expected.right_closed.psi.zero_share_to_1e_4, `${what}: psi`);
    close(exactKs(reference, current), column.ks.statistic, `${what}: ks`);
  }
});

test('ks of digests is within the errors of the two digests, of which the bound holds', {
  skip: skipWithoutData,
}, (t) => {
  let worst = 0;
  let worstOf = '';
  for (const { pair, name, column } of columnsOf('numeric')) {
    const { baseline, live } = digested(pair, name);
    const off = Math.abs(ks(baseline.digest, live.digest) - column.ks.statistic);
    assert.ok(off <= REFERENCE_ERROR + LIVE_ERROR, `${pair} ${name}: off by ${off}`);
    if (off > worst) [worst, worstOf] = [off, `${pair} ${name}`];
  }
  t.diagnostic(
    `largest error of ks ${worst.toFixed(5)} (${worstOf}), bound ${(REFERENCE_ERROR + LIVE_ERROR).toFixed(5)}`,
  );
  assert.ok(worst < 0.005, `${worst} on ${worstOf}`);
});

test('psi of digests is within what the errors of the shares allow', { skip: skipWithoutData }, (t) => {
  let worst = { off: 0, what: '', exact: 0 };
  let worstEdge = 0;
  let exactColumns = 0;
  for (const { pair, name, column } of columnsOf('numeric')) {
    const what = `${pair} ${name}`;
    const { reference, current } = numericSides(pair, name);
    const { baseline, live } = digested(pair, name);
    const bins = makeBins(baseline);
    assert.ok(bins.kind === 'number');
    const found = MEASURES.psi.score({ live, reference: baseline, bins });
    const exact = column.decile_bins.right_closed.psi.zero_share_to_1e_4;
    const cuts = column.decile_bins.inner_cuts;

    // Against the exact shares at the digest's own cuts: only the distribution functions can be off there.
    const edge = (digest: { cdf(x: number): number }, sorted: Float64Array) =>
      bins.cuts.map((cut) => Math.abs(digest.cdf(cut) - shareUpTo(sorted, cut)));
    const [refErrors, liveErrors] = [edge(baseline.digest, reference), edge(live.digest, current)];
    assert.ok(Math.max(...refErrors) <= REFERENCE_ERROR, `${what}: baseline edges off by ${Math.max(...refErrors)}`);
    assert.ok(Math.max(...liveErrors) <= LIVE_ERROR, `${what}: live edges off by ${Math.max(...liveErrors)}`);
    worstEdge = Math.max(worstEdge, ...refErrors, ...liveErrors);
    const own = psiBounds(
      uncertain(exactShares(bins.cuts, reference)!, refErrors, reference.length),
      uncertain(exactShares(bins.cuts, current)!, liveErrors, current.length),
    );
    assert.ok(
      own.least - 1e-9 <= found && found <= own.most + 1e-9,
      `${what}: ${found} outside ${own.least}..${own.most}`,
    );

    // Against the oracle: the cuts too can lie a little beside the exact ones, which moves values across them.
    if (bins.cuts.length === cuts.length) {
      const moved = (sorted: Float64Array, errors: readonly number[]): number[] =>
        cuts.map(
          (cut, index) => errors[index]! + Math.abs(shareUpTo(sorted, cut) - shareUpTo(sorted, bins.cuts[index]!)),
        );
      const bounds = psiBounds(
        uncertain(exactShares(cuts, reference)!, moved(reference, refErrors), reference.length),
        uncertain(exactShares(cuts, current)!, moved(current, liveErrors), current.length),
      );
      assert.ok(
        bounds.least - 1e-9 <= found && found <= bounds.most + 1e-9,
        `${what}: ${found} (exact ${exact}) outside ${bounds.least}..${bounds.most}`,
      );
      if (bounds.most - bounds.least < 1e-6) exactColumns++;
    } else t.diagnostic(`${what}: ${bins.cuts.length} cuts, exactly ${cuts.length}; psi ${found} against ${exact}`);
    const off = Math.abs(found - exact);
    // Above 1 the index hangs on whether a bin holds nothing or next to nothing, which no sketch can tell.
    if (exact < 1) assert.ok(off <= 0.001 + 0.06 * exact, `${what}: ${found} against ${exact}`);
    if (off / Math.max(0.05, exact) > worst.off / Math.max(0.05, worst.exact)) worst = { off, what, exact };
  }
  t.diagnostic(
    `largest error at an edge ${worstEdge.toFixed(5)}; of psi ${worst.off.toFixed(5)} of ${worst.exact.toFixed(4)} (${worst.what}); ${exactColumns} columns exact`,
  );
});

test('psi of categories agrees with the oracle to 1e-9, raw and through summaries and bins', {
  skip: skipWithoutData,
}, () => {
  const columns = columnsOf('categorical');
  assert.ok(columns.length > 40, `${columns.length} categorical columns`);
  for (const { pair, name, column } of columns) {
    const what = `${pair} ${name}`;
    const cells = cellsOf(pair, name);
    const count = (values: string[]): Map<string, number> =>
      new Map([...Map.groupBy(values, (value) => value)].map(([key, all]) => [key, all.length]));
    const exact = exactCategoryPsi(count(cells.reference), count(cells.current));
    close(exact, column.psi.zero_share_to_1e_4, what);

    const [baseline, live] = [cells.reference, cells.current].map((values) => {
      const summary = new Summary('category');
      for (const value of values) summary.add(value);
      return summary;
    }) as [Summary, Summary];
    const bins = makeBins(baseline);
    assert.ok(bins.kind === 'category');
    const found = MEASURES.psi.score({ live, reference: baseline, bins });
    const pooled = pool(count(cells.reference), count(cells.current), new Set(bins.keys));
    close(found, pooled, `${what}: through bins`);
    const unlisted = new Set([...cells.reference, ...cells.current].filter((key) => !bins.keys.includes(key))).size;
    // One category in `other` is the same as a bin of its own.
    if (unlisted <= 1) close(found, column.psi.zero_share_to_1e_4, `${what}: nothing is pooled`);
    assert.equal(sharesIn(bins, baseline)!.length, bins.keys.length + 1);
  }
});

/** PSI with every category that has no bin put into one, written out apart from the code under test. */
function pool(reference: Map<string, number>, current: Map<string, number>, keys: ReadonlySet<string>): number {
  const sizeOf = (counts: Map<string, number>): number => [...counts.values()].reduce((sum, one) => sum + one, 0);
  const [n, m] = [sizeOf(reference), sizeOf(current)];
  const term = (p: number, q: number): number => ((p || 1e-4) - (q || 1e-4)) * Math.log((p || 1e-4) / (q || 1e-4));
  let sum = 0;
  let [otherP, otherQ] = [0, 0];
  for (const key of new Set([...reference.keys(), ...current.keys()])) {
    const [p, q] = [reference.get(key) ?? 0, current.get(key) ?? 0];
    if (keys.has(key)) sum += term(p / n, q / m);
    else [otherP, otherQ] = [otherP + p, otherQ + q];
  }
  return sum + term(otherP / n, otherQ / m);
}
