import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RowBudget } from '../../../agent/src/record/row-budget.ts';
import { xorshift } from '../../../agent/src/record/row-sample.ts';

/** Serves runs of a made-up session; answers the share of the time that went into recording, and the rows recorded. */
function serve(budget: RowBudget, rows: number, runNs: number, rowNs: number, runs: number) {
  let recordedNs = 0;
  let recorded = 0;
  for (let i = 0; i < runs; i++) {
    const allowed = budget.allow(rows);
    assert.ok(Number.isInteger(allowed) && allowed >= 0 && allowed <= rows);
    if (allowed > 0) budget.recorded(allowed, allowed * rowNs);
    recordedNs += allowed * rowNs;
    recorded += allowed;
    budget.ran(rows, runNs);
  }
  return { share: recordedNs / (runs * runNs), recorded };
}

describe('the budget of a session', () => {
  it('keeps recording below its share of the run time, for any batch and any cost', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 5_000, max: 1e8, noNaN: true }),
        fc.double({ min: 50, max: 50_000, noNaN: true }),
        fc.integer(),
        (rows, runNs, rowNs, seed) => {
          const budget = new RowBudget(0.05, xorshift(seed));
          serve(budget, rows, runNs, rowNs, 2);
          const runs = 4_000;
          const { share } = serve(budget, rows, runNs, rowNs, runs);
          // What is left to chance is at most a row a run: four standard deviations of that.
          const chance = (4 * Math.sqrt(runs) * 0.5 * rowNs) / (runs * runNs);
          assert.ok(share <= 0.05 + chance, `${share}`);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('records everything where that is cheap', () => {
    const budget = new RowBudget(0.05, xorshift(1));
    serve(budget, 32, 1e9, 500, 2);
    assert.equal(serve(budget, 32, 1e9, 500, 100).recorded, 3_200);
  });

  it('records some of the runs that are too short for a row, and not every other one', () => {
    const budget = new RowBudget(0.05, xorshift(1));
    serve(budget, 1, 6_000, 500, 50);
    const runs = Array.from({ length: 20_000 }, () => serve(budget, 1, 6_000, 500, 1).recorded);
    const recorded = runs.reduce((sum, one) => sum + one, 0);
    // An eighth of 300 ns a run, by rows of 500: 1 500; five standard deviations are 190.
    assert.ok(Math.abs(recorded - 1_500) < 190, `${recorded}`);
    const gaps = new Set(runs.flatMap((one, i) => (one === 0 ? [] : [runs.indexOf(1, i + 1) - i])));
    assert.ok(gaps.size > 20);
  });

  it('learns the time of each size of batch, and takes a size not seen yet for no slower than smaller ones', () => {
    const budget = new RowBudget(0.05, () => 0);
    budget.recorded(1, 1_000);
    budget.ran(1, 100_000);
    assert.equal(budget.allow(1), 1);
    assert.equal(budget.allow(4_096), 4);
    budget.ran(4_096, 10_000_000);
    assert.equal(budget.allow(4_096), 499);
    assert.equal(budget.allow(16), 4);
  });

  it('is not misled by a run that something else held up', () => {
    const budget = new RowBudget(0.05, () => 0);
    budget.recorded(1, 1_000);
    for (let i = 0; i < 100; i++) budget.ran(256, 100_000);
    budget.ran(256, 1e9);
    assert.ok(budget.allow(256) <= 5);
  });

  it('follows a model that becomes faster or slower', () => {
    const budget = new RowBudget(0.05, () => 0);
    budget.recorded(1, 1_000);
    for (const [runNs, rows] of [
      [1e6, 49],
      [1e5, 4],
      [1e6, 49],
    ] as const) {
      for (let i = 0; i < 200; i++) budget.ran(256, runNs);
      assert.ok(Math.abs(budget.allow(256) - rows) <= 1, `${budget.allow(256)} at ${runNs}`);
    }
  });

  it('takes no time that is none for a measurement', () => {
    const budget = new RowBudget(0.05, () => 0);
    budget.ran(1, Number.NaN);
    budget.ran(1, -5);
    budget.recorded(1, -5);
    budget.recorded(3, Number.NaN);
    assert.equal(budget.rowNs, 500);
    assert.equal(new RowBudget(1, () => 0).allow(77), 77);
    assert.equal(new RowBudget(0, () => 0).allow(77), 0);
  });

  it('lets a window that has little take 10 ms a run by the least that a row has cost, and 256 rows in any case', () => {
    const budget = new RowBudget(0.05, () => 0);
    assert.equal(budget.sure, 20_000);
    budget.recorded(10, 10 * 10_000);
    assert.equal(budget.sure, 1_000);
    budget.recorded(10, 1e9);
    assert.equal(budget.sure, 1_000);
    const slow = new RowBudget(0.05, () => 0);
    slow.recorded(1, 1e9);
    assert.equal(slow.sure, 256);
  });
});
