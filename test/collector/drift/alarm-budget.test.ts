import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alarmsPerFiring,
  BUDGET_PATTERN,
  parseBudget,
  perJudgement,
} from '../../../collector/src/drift/alarm-budget.ts';
import { randomOf } from '../../../collector/src/drift/random.ts';

const HOUR = 3_600_000;

test('budgets are read in the units people think in', () => {
  assert.deepEqual(parseBudget('1/month'), { atMost: 1, perMs: 30 * 24 * HOUR });
  assert.deepEqual(parseBudget(' 0.5 per day '), { atMost: 0.5, perMs: 24 * HOUR });
  assert.deepEqual(parseBudget('2/week'), { atMost: 2, perMs: 7 * 24 * HOUR });
  for (const text of ['', '1', '0/month', '-1/day', '1/fortnight', '1 a month']) {
    assert.throws(() => parseBudget(text), { name: 'RangeError', message: /"1\/month"/ });
  }
  for (const text of ['1/month', ' 0.5 per day ']) assert.match(text, new RegExp(BUDGET_PATTERN));
  assert.doesNotMatch('1/fortnight', new RegExp(BUDGET_PATTERN));
});

test('judged by the hour over an hour, once a month is one judgement in 720', () => {
  const p = perJudgement(parseBudget('1/month'), { tickMs: HOUR, spanMs: HOUR });
  assert.ok(Math.abs(p * 720 - 1) < 1e-6);
});

test('spans that overlap may fire more often, since they fire together', () => {
  const apart = perJudgement(parseBudget('1/month'), { tickMs: HOUR / 12, spanMs: HOUR / 12 });
  const over = perJudgement(parseBudget('1/month'), { tickMs: HOUR / 12, spanMs: HOUR });
  assert.ok(over > apart && over < 12 * apart);
});

test('a budget that every judgement would keep allows one in two', () => {
  assert.equal(perJudgement({ atMost: 100, perMs: HOUR }, { tickMs: HOUR, spanMs: HOUR }), 0.5);
});

test('moving means of independent numbers begin to fire as often as told', () => {
  const random = randomOf('moving');
  const span = 12;
  const n = 300_000;
  const parts = Float64Array.from({ length: n + span }, () => random.normal());
  const sums = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n + span; i++) {
    sum += parts[i]! - (i >= span ? parts[i - span]! : 0);
    if (i >= span) sums[i - span] = sum;
  }
  const limit = Float64Array.from(sums).sort()[Math.floor(0.99 * n)]!;
  let firing = 0;
  let stretches = 0;
  for (let i = 1; i < n; i++) {
    if (sums[i]! <= limit) continue;
    firing++;
    if (sums[i - 1]! <= limit) stretches++;
  }
  const told = alarmsPerFiring(0.01, { tickMs: 1, spanMs: span });
  assert.ok(Math.abs(stretches / firing / told - 1) < 0.12, `${stretches / firing} against ${told}`);
});
