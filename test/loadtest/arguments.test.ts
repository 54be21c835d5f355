import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from '../../loadtest/bench/arguments.ts';

const KNOWN = ['sketch', 'agent'];

test('without a name all benches are meant', () => {
  assert.deepEqual(parseArguments([], KNOWN), { names: KNOWN, json: false, quick: false, readme: false, only: null });
});

test('names and flags may come in any order', () => {
  const asked = parseArguments(['--json', 'agent', '--only=far steps,normal', '--quick'], KNOWN);
  assert.deepEqual(asked, { names: ['agent'], json: true, quick: true, readme: false, only: ['far steps', 'normal'] });
});

test('an unknown name is answered with the list', () => {
  assert.deepEqual(parseArguments(['sketchy'], KNOWN), {
    mistake: "unknown bench 'sketchy'; there are: sketch, agent",
  });
});

test('an unknown option is named', () => {
  assert.match((parseArguments(['--fast'], KNOWN) as { mistake: string }).mistake, /--fast/);
});
