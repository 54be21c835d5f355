import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BudgetLine, budgetOf, exitCode, judge } from '../../loadtest/bench/budget.ts';

const higher: BudgetLine = { id: 'H', what: 'speed', unit: 'ratio', better: 'higher', gate: 10, stretch: 20 };
const lower: BudgetLine = { id: 'L', what: 'error', unit: '%', better: 'lower', gate: 0.5, stretch: 0.3 };

describe('a gate', () => {
  test('where more is better passes at its number and above', () => {
    assert.deepEqual(judge(higher, { value: 10 }), {
      id: 'H',
      what: 'speed',
      value: 10,
      gate: 10,
      better: 'higher',
      pass: true,
      stretch: 20,
      reached: false,
    });
    assert.equal(judge(higher, { value: 20 }).reached, true);
    assert.equal(judge(higher, { value: 9.99 }).pass, false);
  });

  test('where less is better passes at its number and below', () => {
    assert.equal(judge(lower, { value: 0.5 }).pass, true);
    assert.equal(judge(lower, { value: 0.3 }).reached, true);
    assert.equal(judge(lower, { value: 0.51 }).pass, false);
  });

  test('names the stream it is worst on', () => {
    assert.equal(judge(lower, { value: 0.5, where: 'mixture' }).what, 'error (worst: mixture)');
  });

  test('that nothing was measured for fails, either way', () => {
    for (const line of [higher, lower]) {
      for (const finding of [undefined, { value: Number.NaN }, { value: Number.POSITIVE_INFINITY }]) {
        const { value, pass, reached } = judge(line, finding);
        assert.deepEqual({ value, pass, reached }, { value: null, pass: false, reached: false });
      }
    }
  });

  test('without a stretch is never said to reach it', () => {
    assert.equal(judge({ ...lower, stretch: null }, { value: 0 }).reached, false);
  });
});

test('one failing gate makes the exit code 1', () => {
  const good = judge(higher, { value: 11 });
  assert.equal(exitCode([good, good]), 0);
  assert.equal(exitCode([good, judge(lower, { value: 1 }), good]), 1);
});

test('every line of the budget can be kept: the stretch is beyond the gate, and no id comes twice', () => {
  for (const bench of ['sketch', 'agent', 'ingest']) {
    const lines = budgetOf(bench);
    assert.equal(new Set(lines.map(({ id }) => id)).size, lines.length);
    for (const { id, better, gate, stretch } of lines) {
      if (stretch !== null) assert.ok(better === 'higher' ? stretch > gate : stretch < gate, id);
    }
  }
});
