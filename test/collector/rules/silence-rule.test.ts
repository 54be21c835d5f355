import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateRule } from '../../../collector/src/rules/evaluate.ts';
import type { VersionInfo } from '../../../collector/src/rules/source.ts';
import { MemorySource, summaryOf } from './memory-source.ts';
import { ruleOf as rule } from './rule-of.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TICK = 1000 * HOUR;

/** A model first seen 30 days before the tick, without traffic yet. */
function served(): { source: MemorySource; version: VersionInfo } {
  const source = new MemorySource();
  return { source, version: source.addVersion('flights', 'v1', TICK - 30 * DAY, TICK) };
}

const ROWS = 'silence: { model: flights, measure: rows, window: 10m }';

test('no rows are 0, not a lack of data, and are counted over all versions', async () => {
  const { source, version } = served();
  const [none] = await evaluateRule(rule(ROWS, '< 1'), TICK, source);
  assert.deepEqual([none!.value, none!.health, none!.evidence], [0, 'ok', ['0 rows in 10m', 'no agent reports']]);
  assert.deepEqual(none!.labels, { alertname: 'A', severity: 'warning', team: 'risk', model: 'flights' });
  const next = source.addVersion('flights', 'v2', TICK - 5 * MINUTE, TICK);
  source.addTraffic(version, TICK - 2 * MINUTE, TICK - MINUTE, 30);
  source.addTraffic(next, TICK - MINUTE, TICK, 12);
  const [both] = await evaluateRule(rule(ROWS, '< 1'), TICK, source);
  assert.deepEqual([both!.value, both!.version.version, both!.evidence], [42, 'v2', []]);
});

test('a model younger than the window is not called silent, and one never seen gives nothing', async () => {
  const source = new MemorySource();
  source.addVersion('flights', 'v1', TICK - MINUTE, TICK);
  const [young] = await evaluateRule(rule(ROWS, '< 1'), TICK, source);
  assert.deepEqual([young!.health, young!.value], ['insufficient', null]);
  assert.deepEqual(await evaluateRule(rule(ROWS.replace('flights', 'other'), '< 1'), TICK, source), []);
});

test('a model that nobody asks is told from agents that are gone', async () => {
  const reports = 'silence: { model: flights, measure: reports, window: 10m }';
  const { source, version } = served();
  source.addTraffic(version, TICK - DAY, TICK - DAY + MINUTE, 7);
  const [gone] = await evaluateRule(rule(reports, '< 1'), TICK, source);
  assert.deepEqual(
    [gone!.value, gone!.health, gone!.samples, gone!.evidence],
    [0, 'ok', 0, ['0 rows in 10m', 'no agent reports']],
  );
  source.addTraffic(version, TICK - 2 * MINUTE, TICK - MINUTE, 0);
  const [there] = await evaluateRule(rule(reports, '< 1'), TICK, source);
  assert.deepEqual([there!.value, there!.evidence], [1, []]);
  const [quiet] = await evaluateRule(rule(ROWS, '< 1'), TICK, source);
  assert.deepEqual([quiet!.value, quiet!.evidence], [0, ['0 rows in 10m', 'an agent reports that nothing is served']]);
});

test('nobody misses the agents of a model of which nothing was heard for a week', async () => {
  const reports = 'silence: { model: flights, measure: reports, window: 10m }';
  const { source, version } = served();
  source.addTraffic(version, TICK - 8 * DAY, TICK - 8 * DAY + MINUTE, 7);
  const [retired] = await evaluateRule(rule(reports, '< 1'), TICK, source);
  assert.deepEqual(
    [retired!.value, retired!.health, retired!.message],
    [null, 'insufficient', 'no agent has reported for 7d: the model is taken to be retired'],
  );
});

test('traffic is compared with the median of the same time before', async () => {
  const { source, version } = served();
  for (const [week, rows] of [1000, 1200, 4].entries()) {
    const from = TICK - HOUR - (week + 1) * 7 * DAY;
    source.addTraffic(version, from, from + HOUR, rows);
  }
  source.addTraffic(version, TICK - HOUR, TICK, 100);
  const block =
    'silence: { model: flights, measure: rows_ratio, window: 1h, baseline: { kind: same_time, offset: 7d, periods: 4 } }';
  const [finding] = await evaluateRule(rule(block, '< 0.3'), TICK, source);
  // The fourth week begins after the model was first seen, and held nothing.
  assert.equal(finding!.value, 100 / 502);
  assert.deepEqual(finding!.evidence, ['rows in 1h 502 -> 100 (median of 4 times 7d before)']);
});

test('traffic is compared with the mean rate of the time before, as far as the model reaches back', async () => {
  const { source, version } = served();
  for (let day = 1; day <= 30; day++)
    source.addTraffic(version, TICK - HOUR - day * DAY, TICK - HOUR - day * DAY + HOUR, 2400);
  source.addTraffic(version, TICK - HOUR, TICK, 50);
  const block =
    'silence: { model: flights, measure: rows_ratio, window: 1h, baseline: { kind: trailing, duration: 10d } }';
  const [finding] = await evaluateRule(rule(block, '< 0.9'), TICK, source);
  assert.equal(finding!.value, 0.5);
  const [scarce] = await evaluateRule(
    rule(block.replace('duration: 10d', 'duration: 10d }, min_samples: 101').replace('101 }', '101'), '< 0.9'),
    TICK,
    source,
  );
  assert.deepEqual(
    [scarce!.health, scarce!.message],
    ['insufficient', 'the baseline expects 100 rows, 101 are needed'],
  );
});

test('rows in which nothing is left are told from rows that do not come', async () => {
  const { source, version } = served();
  const next = source.addVersion('flights', 'v2', TICK - 5 * MINUTE, TICK);
  const put = (of: VersionInfo, stage: string, field: string, values: readonly unknown[]) =>
    source.addWindow(
      source.addSeries(of, stage, field, 'number'),
      TICK - 5 * MINUTE,
      TICK,
      summaryOf('number', values),
    );
  put(version, 'feature', 'a', [null, null, null]);
  put(next, 'input', 'b', [Number.NaN, null, null]);
  put(next, 'prediction', 'value', [1, 2, 3]);
  const block = (more: string) => `silence: { model: flights, measure: null_share, window: 10m, ${more} }`;
  const [all] = await evaluateRule(rule(block('min_samples: 6'), '>= 1'), TICK, source);
  assert.deepEqual([all!.value, all!.samples, all!.evidence], [1, 6, ['6 of 6 values of 2 fields are missing']]);
  const [few] = await evaluateRule(rule(block('min_samples: 7'), '>= 1'), TICK, source);
  assert.deepEqual([few!.health, few!.message], ['insufficient', '6 values, 7 are needed']);
  const [none] = await evaluateRule(rule(block('min_samples: 6'), '>= 1'), TICK + 20 * MINUTE, source);
  assert.equal(none!.health, 'nodata');
});
