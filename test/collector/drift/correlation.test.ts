import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Summary } from '@tidemark/sketch';
import { correlationChange } from '../../../collector/src/drift/correlation.ts';
import { digestScores, exactScores } from '../../../collector/src/drift/index.ts';
import { normal, seeded } from '../../sketch/datasets.ts';

/** Pairs of two normal fields, whatever `r` each of them the same for itself. */
function draw(r: number, n: number, random: () => number): [number, number][] {
  return Array.from({ length: n }, () => {
    const x = normal(random);
    return [x, r * x + Math.sqrt(1 - r * r) * normal(random)];
  });
}

function summaryOf(pairs: readonly unknown[]): Summary {
  const summary = new Summary('pair');
  for (const pair of pairs) summary.add(pair);
  return summary;
}

test('two fields that no longer go together are seen although each for itself is as it was', () => {
  const random = seeded(4);
  const change = (before: number, now: number) =>
    correlationChange(summaryOf(draw(before, 5000, random)).pairs, summaryOf(draw(now, 5000, random)).pairs);
  let flips = 0;
  let alarms = 0;
  for (let i = 0; i < 100; i++) {
    if (Math.abs(change(0.5, -0.5)) > 0.3) flips++;
    if (Math.abs(change(0.5, 0.5)) > 0.3) alarms++;
  }
  assert.deepEqual([flips, alarms], [100, 0]);
  assert.ok(Math.abs(change(0.9, 0) + 0.9) < 0.06);
});

test('it is the one score of a pair, the same of values as of summaries, and absent where a side has none', () => {
  const random = seeded(5);
  const [before, now] = [draw(0.9, 500, random), [...draw(0.1, 500, random), [null, 1], [Number.NaN, 1], 'x']];
  const scores = exactScores('pair', before, now);
  assert.deepEqual(Object.keys(scores), ['correlation_change']);
  assert.deepEqual(digestScores(summaryOf(before), summaryOf(now), null), scores);
  for (const none of [[], [[1, 2]]]) assert.deepEqual(exactScores('pair', before, none), {});
});

test('a side that is stuck goes with nothing: now that is a change, before it is nothing to compare with', () => {
  const random = seeded(6);
  const before = summaryOf(draw(0.7, 20_000, random)).pairs;
  const stuck = summaryOf(draw(0.7, 500, random).map(([x]) => [x, 1])).pairs;
  assert.equal(correlationChange(before, stuck), -before.correlation);
  assert.throws(() => correlationChange(stuck, before), /never changes in the baseline/);
  assert.deepEqual(digestScores(summaryOf([[1, 1], [2, 1]]), summaryOf([[1, 1], [2, 2]]), null), {}); // biome-ignore format: one line
});
