import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { budgetOf } from '../../loadtest/bench/budget.ts';
import { type FalseAlarms, falseAlarms, RATES } from '../../loadtest/bench/calibration/false-alarms.ts';
import { findings } from '../../loadtest/bench/calibration/findings.ts';
import type { Measured } from '../../loadtest/bench/calibration/measured.ts';
import { peerAlarms } from '../../loadtest/bench/calibration/peers.ts';
import { report } from '../../loadtest/bench/calibration/report.ts';
import { CATEGORIES, NUMBERS } from '../../loadtest/bench/calibration/shapes.ts';

/** A cell of 8 640 trials that alarmed so many times as often as asked for. */
function cell(times: number, more: Partial<FalseAlarms> = {}): FalseAlarms {
  const alarms = RATES.map((rate) => Math.round(8640 * rate * times));
  const of = { shape: 'normal', measure: 'psi', nRef: 20_000, nLive: 100, trials: 8640 };
  return { ...of, alarms, isConstant: false, isCoarse: false, ...more };
}

const alarms = (times: number) => RATES.map((rate) => 2000 * rate * times);

const measured: Measured = {
  cells: [cell(1), cell(1.25), cell(0.1, { isCoarse: true }), cell(0.75, { measure: 'ks' })],
  even: [cell(1), cell(2, { shape: 'Zipf, k 1000' })],
  tail: [cell(2), cell(1)],
  traffic: ['independent', 'by user'].map((traffic) => ({
    traffic,
    measure: 'psi',
    baselineWindows: 100,
    nLive: 200,
    trials: 2000,
    independent: alarms(30),
    widened: alarms(traffic === 'independent' ? 0.1 : 1.5),
  })),
  power: [
    { measure: 'psi', shift: 0.5, nLive: 1000, trials: 100, byBudget: 100, byBoth: 99 },
    { measure: 'ks', shift: 0.02, nLive: 1_000_000, trials: 10, byBudget: 10, byBoth: 1 },
  ],
  peers: [{ peer: 'Evidently', shape: 'normal', nLive: 100, trials: 10, alarms: 7 }],
  budget: [
    { measure: 'psi', alarms: [5, 4, 0], wanted: 2 },
    { measure: 'ks', alarms: [3, 0], wanted: 3 },
  ],
};

describe('findings of the calibration bench', () => {
  test('every line of the budget is measured', () => {
    const found = findings(measured);
    assert.deepEqual(
      budgetOf('calibration').filter(({ id }) => !found.has(id)),
      [],
    );
  });

  test('too few alarms count only where the score can have more, and traffic that is independent draws counts for nothing', () => {
    const found = findings(measured);
    const near = (id: string, value: number) =>
      assert.ok(Math.abs(found.get(id)!.value - value) < 0.02, `${id} ${found.get(id)!.value}`);
    near('F1-most', 1.25);
    near('F1-least', 0.75);
    assert.match(found.get('F1-least')!.where!, /^ks/);
    near('F3-most', 1);
    near('F3-rare-most', 2);
    near('F4-month-most', 1.5);
    near('F5-most', 1.5);
    near('F5-least', 1.5);
    near('F6-most', 1.5);
    near('F6-least', 0.5);
    assert.equal(found.get('F6-least')!.where, 'ks');
    near('P1', 99);
    near('P2', 10);
  });

  test('the report has the products side by side', () => {
    const text = report(measured, []);
    assert.match(text, /shape +live +Evidently/);
    assert.match(text, /few possible scores/);
  });
});

describe('what the calibration bench measures', () => {
  test('a score that never changes says so and never alarms', () => {
    const shape = { name: 'constant', kind: 'number', draw: () => 5 } as const;
    const found = falseAlarms({ shape, nRef: 100, nLive: 50 }, { baselines: 1, windows: 20, draws: 120 });
    for (const { isConstant, alarms: counts } of found) {
      assert.equal(isConstant, true);
      assert.deepEqual(counts, [0, 0, 0, 0]);
    }
  });

  test('published defaults do what they are known for: many categories always drift, small windows often', () => {
    const rates = (shape: (typeof NUMBERS)[number], nLive: number) =>
      new Map(
        peerAlarms({ shape, nRef: 20_000, nLive }, 60).map(({ peer, alarms: count }) => [peer, count / 60] as const),
      );
    assert.equal(rates(CATEGORIES.find(({ name }) => name === 'even, k 1000')!, 1000).get('Evidently'), 1);
    const small = rates(NUMBERS[0]!, 100).get('Evidently')!;
    assert.ok(small > 0.5 && small < 0.95, `${small}`);
    assert.equal(rates(NUMBERS[0]!, 1000).get('SageMaker'), 0);
  });
});
