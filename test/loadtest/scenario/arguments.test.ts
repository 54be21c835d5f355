import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLoadArguments } from '../../../loadtest/scenario/arguments.ts';
import { SCENARIOS } from '../../../loadtest/scenario/scenarios.ts';

const parse = (...args: string[]) => parseLoadArguments(args, SCENARIOS);
const mistakeOf = (...args: string[]) => (parse(...args) as { mistake: string }).mistake;

test('a scenario and its options may come in any order', () => {
  assert.deepEqual(
    parse('--json', '--agents=7', 'steady', '--seed=3', '--database=postgres', '--keep', '--seconds=9'),
    {
      names: ['steady'],
      json: true,
      keep: true,
      seed: 3,
      agents: 7,
      seconds: 9,
      database: 'postgres',
    },
  );
});

test('without a scenario, or with an unknown one, all are listed', () => {
  for (const name of Object.keys(SCENARIOS)) {
    assert.ok(mistakeOf().includes(name));
    assert.ok(mistakeOf('nothing').includes(name));
  }
});

test('what cannot be is named', () => {
  assert.match(mistakeOf('--fast'), /--fast/);
  assert.match(mistakeOf('steady', '--agents=none'), /--agents: expected a whole number from 1, got 'none'/);
  assert.match(mistakeOf('steady', '--database=oracle'), /expected postgres or embedded, got 'oracle'/);
  assert.match(mistakeOf('slow-database', '--database=embedded'), /runs on postgres only/);
});
