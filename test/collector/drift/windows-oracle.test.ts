import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASELINE_SIZE_RULE, type SizeRule, Summary, WINDOW_SIZE_RULE } from '@tidemark/sketch';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import { exactQuantile } from '../../../collector/src/drift/exact-quantile.ts';
import { digestScores, exactScores } from '../../../collector/src/drift/index.ts';
import { rankErrorBound } from '../../../collector/src/drift/sketch-error.ts';
import { close } from '../../support/oracle-columns.ts';
import { californiaByMonth, elec2Windows, numbersOf, rowsOf, skipWithoutData } from '../../support/real-data.ts';

const RANK_ERROR = rankErrorBound(BASELINE_SIZE_RULE) + rankErrorBound(WINDOW_SIZE_RULE);

function summaryOf(values: Float64Array, sizeRule: SizeRule): Summary {
  const summary = new Summary('number', { sizeRule });
  summary.addNumbers(values);
  return summary;
}

test('thirty-day windows of elec2 score as the oracle says, raw to 1e-9 and as digests within their errors', {
  skip: skipWithoutData,
}, () => {
  const rows = rowsOf('elec2.csv');
  const windows = elec2Windows();
  assert.equal(windows.length, 31);
  for (const name of ['nswprice', 'nswdemand', 'vicprice'] as const) {
    const values = numbersOf(rows.map((row) => row[name]!));
    const reference = values.slice(0, 15104);
    const baseline = summaryOf(reference, BASELINE_SIZE_RULE);
    const bins = makeBins(baseline);
    for (const window of windows) {
      const { start, end } = window;
      const what = `${name} ${start}..${end}`;
      const current = values.slice(start, end);
      const { ks_vs_rows_0_15104: ks, mean, p50, p95 } = window[name];
      const exact = exactScores('number', reference, current);
      close(exact.ks!, ks, `${what}: ks`);
      close(exact.mean!, mean, `${what}: mean`);
      const sorted = current.slice().sort();
      close(exactQuantile(sorted, 0.5), p50, `${what}: median`);
      close(exactQuantile(sorted, 0.95), p95, `${what}: 95 %`);
      const found = digestScores(baseline, summaryOf(current, WINDOW_SIZE_RULE), bins);
      assert.ok(Math.abs(found.ks! - ks) <= RANK_ERROR, `${what}: ${found.ks} against ${ks}`);
      close(found.mean!, mean, `${what}: mean of the summary`);
      if (name === 'vicprice' && end <= 17424) {
        // A constant that stays: nothing has moved, and nothing is new.
        const { wasserstein, mean_shift, stale, constant_share } = found;
        assert.deepEqual(
          { wasserstein, mean_shift, stale, constant_share },
          { wasserstein: 0, mean_shift: 0, stale: 1, constant_share: 1 },
          what,
        );
      }
    }
  }
  for (const { start, end, class_up_share: up } of windows) {
    const classes = rows.slice(start, end).map((row) => row.class!);
    close(classes.filter((one) => one === 'UP').length / classes.length, up, `class ${start}`);
    close(exactScores('category', classes, classes).constant_share!, Math.max(up, 1 - up), `class ${start}`);
  }
});

test('months of California housing have the ks that NannyML publishes, to 1e-9', { skip: skipWithoutData }, () => {
  const reference = rowsOf('california_housing_reference.csv');
  const all = [...reference, ...rowsOf('california_housing_analysis.csv')];
  const byMonth = Map.groupBy(all, (row) => row.timestamp!.slice(0, 7));
  let months = 0;
  for (const [name, column] of Object.entries(californiaByMonth())) {
    const whole = numbersOf(reference.map((row) => row[name]!));
    for (const [index, month] of column.months.entries()) {
      const rows = byMonth.get(month);
      assert.ok(rows, `rows of ${month}`);
      const found = exactScores('number', whole, numbersOf(rows.map((row) => row[name]!)));
      close(found.ks!, column.ks[index]!, `${name} ${month}`);
      months++;
    }
  }
  assert.ok(months >= 9 * 20, `${months} months`);
});
