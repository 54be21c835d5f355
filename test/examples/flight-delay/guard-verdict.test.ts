import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AnswerLedger, emptyLedger } from '../../../examples/flight-delay/src/answer-ledger.ts';
import { HOUR } from '../../../examples/flight-delay/src/calendar.ts';
import { guardReportOf } from '../../../examples/flight-delay/src/guard-report.ts';
import { type GuardVerdict, judgeGuard } from '../../../examples/flight-delay/src/guard-verdict.ts';
import { HourlyLateRates } from '../../../examples/flight-delay/src/hourly-late-rates.ts';
import type { Incident } from '../../../examples/flight-delay/src/incidents.ts';
import { madeFlights } from './made-flights.ts';

const FROM = Date.UTC(2001, 3, 1);
const flights = madeFlights(FROM, 100, 50);
const rates = new HourlyLateRates(flights, flights.count);
const INCIDENTS: readonly Incident[] = [
  { id: 'wrong-columns', what: '', from: FROM + 40 * HOUR, to: FROM + 60 * HOUR, change: (request) => request },
  { id: 'other', what: '', from: FROM + 80 * HOUR, to: FROM + 90 * HOUR, change: (request) => request },
];
const IN = { from: 40 * 50, to: 60 * 50 };

/** A ledger in which a good model answered everything, but for the incident, where it was wrong and the fallback right. */
function saved(): AnswerLedger {
  const ledger = emptyLedger(flights.count);
  for (const [row, minutes] of flights.delay.entries()) {
    const p = minutes > 15 ? 0.7 : 0.2;
    const isIn = row >= IN.from && row < IN.to;
    ledger.unguarded[row] = isIn ? 1 - p : p;
    ledger.guarded[row] = p;
    ledger.right[row] = p;
    ledger.fellBack[row] = isIn ? 1 : 0;
  }
  return ledger;
}

function judge(change: (ledger: AnswerLedger) => void = () => {}): GuardVerdict {
  const ledger = saved();
  change(ledger);
  return judgeGuard(ledger, flights, rates, INCIDENTS);
}

describe('the verdict on the guard', () => {
  test('finds nothing wrong where the incident was saved and nothing else was touched', () => {
    const { faults, spans, incident, outside, changed } = judge();
    assert.deepEqual(faults, []);
    assert.equal(changed, 0);
    assert.deepEqual(
      spans.map(({ name, calls, fallbacks }) => [name, calls, fallbacks]),
      [
        ['wrong-columns', 1000, 1000],
        ['other', 500, 0],
        ['outside', 3500, 0],
      ],
    );
    assert.equal(incident.guarded.auc, 1);
    assert.equal(incident.unguarded.auc, 0);
    assert.ok(incident.hourly.logLoss > incident.right.logLoss);
    assert.deepEqual(outside.guarded, outside.unguarded);
  });

  test('faults a guard that lets the wrong answers pass', () => {
    const { faults } = judge((ledger) => {
      ledger.guarded.set(ledger.unguarded);
      ledger.fellBack.fill(0);
    });
    assert.match(faults.join(), /guarded, the log loss in the incident is over 1\.1 times/);
    assert.equal(faults.length, 1);
  });

  test('faults one that lets a tenth of them pass', () => {
    const { faults } = judge((ledger) => {
      for (let row = IN.from; row < IN.to; row += 10) {
        ledger.guarded[row] = ledger.unguarded[row]!;
        ledger.fellBack[row] = 0;
      }
    });
    assert.match(faults.join(), /over 1\.1 times/);
  });

  test('faults an incident in which there was nothing to save', () => {
    const { faults } = judge((ledger) => ledger.unguarded.set(ledger.right));
    assert.match(faults.join(), /unguarded, it is below 1\.5 times/);
    assert.equal(faults.length, 1);
  });

  test('allows less than one call of a hundred to go to the fallback outside of incidents', () => {
    const outside = (count: number) =>
      judge((ledger) => ledger.fellBack.fill(1, 0, count)).faults.filter((fault) => /outside of incidents/.test(fault));
    assert.equal(outside(34).length, 0);
    assert.equal(outside(35).length, 1);
  });

  test('faults an answer that changed though it is not the fallback’s', () => {
    const { faults, changed } = judge((ledger) => {
      ledger.guarded[7] = Math.fround(ledger.guarded[7]! + 1e-6);
    });
    assert.equal(changed, 1);
    assert.match(faults.join(), /^1 answers .* differ from the unguarded ones$/);
  });

  test('faults a run that served nothing', () => {
    const { faults } = judgeGuard(emptyLedger(flights.count), flights, rates, INCIDENTS);
    assert.equal(faults.length, 3);
  });
});

test('the report gives calls, quality and what the collector has, each in a table', () => {
  const seen = [
    { version: '2', verdicts: new Map([['fallback', 1000]]), violations: new Map([['range:feature/hour', 1000]]) },
    { version: '3', verdicts: new Map([['pass', 4000]]), violations: new Map<string, number>() },
  ];
  const report = guardReportOf(judge(), seen);
  assert.match(report, /^wrong-columns +1,000 +1,000 +100\.00 %$/m);
  assert.match(report, /^outside +3,500 +0 +0\.00 %$/m);
  assert.match(report, /^wrong-columns +unguarded +0\.0000 /m);
  assert.match(report, /^ +guarded +1\.0000 /m);
  assert.match(report, /guarded \/ right columns: 1\.000 times/);
  assert.match(report, /^2 +verdict +fallback 1,000$/m);
  assert.match(report, /^ +violation +range:feature\/hour 1,000$/m);
  assert.match(report, /^ +violation +-$/m);
});
