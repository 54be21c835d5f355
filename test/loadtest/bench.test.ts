import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { budgetOf } from '../../loadtest/bench/budget.ts';

const MAIN = fileURLToPath(new URL('../../loadtest/bench/main.ts', import.meta.url));
const RESULTS = fileURLToPath(new URL('../../loadtest/results', import.meta.url));

function bench(...args: string[]) {
  const node = ['--conditions=tidemark-source', '--disable-warning=ExperimentalWarning', MAIN, ...args];
  return spawnSync(process.execPath, node, { encoding: 'utf8', timeout: 60_000 });
}

function kept(): string[] {
  return existsSync(RESULTS) ? readdirSync(RESULTS) : [];
}

describe('npm run bench', () => {
  test('ends with one object that holds the machine and every gate of the chosen streams, and keeps nothing of a quick run', () => {
    const before = kept();
    const { status, stdout, stderr } = bench('sketch', '--quick', '--json', '--only=normal,sorted,gaps,sawtooth');
    const lines = stdout.trimEnd().split('\n');
    const { name, machine, gates } = JSON.parse(lines.at(-1)!);
    assert.equal(name, 'sketch', stderr);
    assert.deepEqual(Object.keys(machine), ['cpu', 'cores', 'platform', 'node', 'v8']);
    const ids = gates.map(({ id }: { id: string }) => id);
    const all = budgetOf('sketch').map(({ id }) => id);
    assert.deepEqual(
      ids,
      all.filter((id) => id !== 'S2-constant'),
    );
    for (const gate of gates) {
      assert.deepEqual(Object.keys(gate), ['id', 'what', 'value', 'gate', 'better', 'pass', 'stretch', 'reached']);
      assert.equal(typeof gate.value, 'number', gate.id);
      const isKept = gate.better === 'higher' ? gate.value >= gate.gate : gate.value <= gate.gate;
      assert.equal(gate.pass, isKept, gate.id);
    }
    assert.equal(status, gates.every(({ pass }: { pass: boolean }) => pass) ? 0 : 1);
    assert.deepEqual(kept(), before);
  });

  test('says what there is when asked for what there is not', () => {
    const unknown = bench('nothing');
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /unknown bench 'nothing'; there are: sketch/);
    const stream = bench('sketch', '--quick', '--only=nothing');
    assert.equal(stream.status, 2);
    assert.match(stream.stderr, /unknown case 'nothing'; there are: normal, /);
  });
});
