import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateRule } from '../../../collector/src/rules/evaluate.ts';
import { MemorySource } from './memory-source.ts';
import { ruleOf as rule } from './rule-of.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TICK = 1000 * HOUR;

test('the share of rows that failed, by version or over all, is judged where there are enough', async () => {
  const source = new MemorySource();
  const old = source.addVersion('m', 'v1', TICK - 50 * HOUR, TICK);
  const canary = source.addVersion('m', 'v2', TICK - 5 * MINUTE, TICK);
  source.addTraffic(old, TICK - 10 * MINUTE, TICK, 900, 0);
  source.addTraffic(canary, TICK - 5 * MINUTE, TICK, 100, 50);
  const found = async (more: string, tick = TICK) =>
    (await evaluateRule(rule(`errors: { model: m, window: 10m${more} }`, '> 0.01'), tick, source)).map((one) => [
      one.labels.version ?? 'all',
      one.value ?? one.health,
      one.evidence.join(),
    ]);
  assert.deepEqual(await found(''), [
    ['v2', 0.5, '50 of 100 rows failed (50 %)'],
    ['v1', 0, ''],
  ]);
  assert.deepEqual(await found(', per: model'), [['all', 0.05, '50 of 1000 rows failed (5 %)']]);
  assert.deepEqual((await found(', min_samples: 101'))[0], ['v2', 'insufficient', '']);
  assert.deepEqual((await found(', min_samples: 101, version: v1', TICK + HOUR))[0], ['v1', 'nodata', '']);
  assert.deepEqual((await found(', min_samples: 101, version: v1, widen_to: 2h', TICK + HOUR))[0], ['v1', 0, '']);
});
