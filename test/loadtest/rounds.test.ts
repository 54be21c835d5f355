import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interleaved } from '../../loadtest/bench/rounds.ts';

test('tasks take turns, every round begins with another, and what is prepared comes before each run', () => {
  const log: string[] = [];
  const task = (id: string) => ({ id, prepare: () => void log.push(`(${id})`), run: () => log.push(id) && 10 });
  const ns = interleaved([task('a'), task('b'), task('c')], { warmUpMs: 0, rounds: 3, taskMs: 0 });
  const [, ...rounds] = log.join('').match(/.{12}/g)!;
  assert.deepEqual(rounds, ['(a)a(b)b(c)c', '(b)b(c)c(a)a', '(c)c(a)a(b)b']);
  for (const id of 'abc') {
    assert.equal(ns.get(id)!.length, 3);
    assert.ok(ns.get(id)!.every((one) => one >= 0 && Number.isFinite(one)));
  }
});
