import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateRule } from '../../../collector/src/rules/evaluate.ts';
import type { Finding } from '../../../collector/src/rules/finding.ts';
import type { VersionInfo } from '../../../collector/src/rules/source.ts';
import { MemorySource, summaryOf } from './memory-source.ts';
import { ruleOf as rule } from './rule-of.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TICK = 1000 * HOUR;

const ramp = (count: number, scale = 1): number[] => Array.from({ length: count }, (_, index) => index * scale);
const byField = (findings: readonly Finding[]): Record<string, Finding> =>
  Object.fromEntries(findings.map((one) => [one.labels.field, one]));

/** A model with one version, one hour of 2 000 rows before the tick, and a baseline of the same shape. */
function flights(): { source: MemorySource; version: VersionInfo } {
  const source = new MemorySource();
  const version = source.addVersion('flights', 'v1', TICK - 30 * DAY, TICK);
  const put = (field: string, kind: 'number' | 'category', values: readonly unknown[]): void =>
    source.addWindow(source.addSeries(version, 'feature', field, kind), TICK - HOUR, TICK, summaryOf(kind, values));
  put('distance', 'number', ramp(2000, 1.609));
  put('hour', 'number', ramp(2000));
  put('origin', 'category', [
    ...new Array(600).fill(null),
    ...new Array(900).fill('ATL'),
    ...new Array(500).fill('XNA'),
  ]);
  put('extra', 'number', ramp(2000));
  source.addBaseline(version, 'train', [
    { stage: 'feature', field: 'distance', summary: summaryOf('number', ramp(2000)) },
    { stage: 'feature', field: 'hour', summary: summaryOf('number', ramp(2000)) },
    {
      stage: 'feature',
      field: 'origin',
      summary: summaryOf('category', [...new Array(1000).fill('ATL'), ...new Array(1000).fill('ORD')]),
    },
    { stage: 'feature', field: 'gone', summary: summaryOf('number', ramp(10)) },
  ]);
  return { source, version };
}

const DRIFT =
  'drift: { model: flights, method: psi, window: 1h, baseline: { kind: reference, name: train }, min_samples: 1000 }';

test('drift is found where it is, with what moved, and nowhere else', async () => {
  const { source, version } = flights();
  const findings = await evaluateRule(rule(DRIFT, '> 0.1'), TICK, source);
  const found = byField(findings);
  assert.deepEqual(
    Object.keys(found),
    ['distance', 'gone', 'hour', 'origin'],
    'the fields of the baseline, not `extra`',
  );
  assert.ok(found.distance!.value! > 0.1);
  assert.ok(found.distance!.evidence.includes('median 999.5 -> 1608'), found.distance!.evidence.join('; '));
  assert.deepEqual([found.hour!.value, found.hour!.evidence], [0, []]);
  assert.ok(found.origin!.value! > 0.1);
  assert.deepEqual(found.origin!.evidence, [
    'share missing 0 % -> 30 %',
    'share of new values 35.7 %',
    'ORD 50 % -> 0 %',
    'XNA 0 % -> 35.7 %',
    'ATL 50 % -> 64.3 %',
  ]);
  const { evidence: _, value: __, ...rest } = found.distance!;
  assert.deepEqual(rest, {
    labels: {
      alertname: 'A',
      severity: 'warning',
      team: 'risk',
      model: 'flights',
      version: 'v1',
      stage: 'feature',
      field: 'distance',
    },
    measure: 'psi',
    health: 'ok',
    samples: 2000,
    baselineId: 1,
    baseline: 'train',
    version,
    seriesId: 100,
    spanFrom: TICK - HOUR,
    spanTo: TICK,
    message: null,
  });
  assert.deepEqual(
    [found.gone!.health, found.gone!.value, found.gone!.seriesId, found.gone!.message],
    ['nodata', null, null, 'no window in the span'],
  );
});

test('too few values are insufficient, none at all are no data, neither has a value', async () => {
  const { source } = flights();
  const scarce = rule(DRIFT.replace('min_samples: 1000', 'min_samples: 1500'), '> 0.1');
  const origin = byField(await evaluateRule(scarce, TICK, source)).origin!;
  assert.deepEqual(
    [origin.health, origin.value, origin.samples, origin.message],
    ['insufficient', null, 1400, '1400 samples, 1500 are needed'],
  );
  const later = byField(await evaluateRule(scarce, TICK + 2 * HOUR, source)).hour!;
  assert.deepEqual([later.health, later.value, later.samples], ['nodata', null, 0]);
});

test('a field that cannot be read is an error of its own, the others are judged', async () => {
  const { source } = flights();
  source.broken.add(101);
  const found = byField(await evaluateRule(rule(DRIFT, '> 0.1'), TICK, source));
  assert.deepEqual(
    [found.hour!.health, found.hour!.value, found.hour!.message],
    ['error', null, 'its windows cannot be read: the digest ends early'],
  );
  assert.equal(found.distance!.health, 'ok');
  assert.equal(found.origin!.health, 'ok');
});

test('named fields are always answered for', async () => {
  const { source, version } = flights();
  source.addSeries(version, 'feature', 'gone', 'category');
  const named = DRIFT.replace('method: psi', 'method: ks, fields: [hour, origin, extra, gone, nope]');
  const found = byField(await evaluateRule(rule(named, '> 0.1'), TICK, source));
  assert.deepEqual(
    Object.values(found).map((one) => [one.labels.field, one.health, one.message]),
    [
      ['hour', 'ok', null],
      ['origin', 'error', 'ks means nothing for a category series'],
      ['extra', 'error', "the baseline 'train' has no feature 'extra'"],
      ['gone', 'error', 'is a category series now and a number series in the baseline'],
      ['nope', 'error', "the baseline 'train' has no feature 'nope'"],
    ],
  );
});

test('`*` leaves out what is excluded, and what the measure means nothing for', async () => {
  const { source } = flights();
  const block = DRIFT.replace('method: psi', 'method: ks, fields: ["*"], exclude: [hour]');
  assert.deepEqual(Object.keys(byField(await evaluateRule(rule(block, '> 0.1'), TICK, source))), ['distance', 'gone']);
});

test('a missing baseline is an error for the model named, and leaves a model out where every model is judged', async () => {
  const { source } = flights();
  const missing = DRIFT.replace('name: train', 'name: tarin');
  const findings = await evaluateRule(rule(missing, '> 0.1'), TICK, source);
  assert.equal(findings.length, 4);
  assert.ok(
    findings.every((one) => one.health === 'error' && one.message === "there is no baseline 'tarin' for this model"),
  );
  assert.deepEqual(
    await evaluateRule(rule(missing.replace('model: flights', 'model: "*"'), '> 0.1'), TICK, source),
    [],
  );
  source.brokenBaselines.add('flights');
  const broken = await evaluateRule(rule(DRIFT, '> 0.1'), TICK, source);
  assert.ok(
    broken.length > 0 &&
      broken.every((one) => one.message === "the baseline 'train' cannot be read: stored bins are not JSON"),
  );
});

test('slices are no findings of their own', async () => {
  const { source, version } = flights();
  source.addWindow(
    source.addSeries(version, 'feature', 'hour', 'number', 'country=DE'),
    TICK - HOUR,
    TICK,
    summaryOf('number', ramp(2000, 9)),
  );
  const hour = (await evaluateRule(rule(DRIFT, '> 0.1'), TICK, source)).filter((one) => one.labels.field === 'hour');
  assert.deepEqual(
    hour.map((one) => one.value),
    [0],
  );
});

test('schema shares are judged over all fields, with rows as samples where nulls count', async () => {
  const { source } = flights();
  const nulls = byField(
    await evaluateRule(rule('schema: { model: flights, measure: null_share, window: 1h }', '> 0.2'), TICK, source),
  );
  assert.deepEqual(Object.keys(nulls), ['distance', 'extra', 'hour', 'origin']);
  assert.deepEqual(
    [nulls.origin!.value, nulls.origin!.samples, nulls.origin!.evidence[0]],
    [0.3, 2000, 'share missing 30 %'],
  );
  const unseen = byField(
    await evaluateRule(
      rule(
        'schema: { model: flights, measure: unseen_share, window: 1h, baseline: { kind: reference, name: train } }',
        '> 0.2',
      ),
      TICK,
      source,
    ),
  );
  assert.deepEqual(Object.keys(unseen), ['origin']);
  assert.ok(Math.abs(unseen.origin!.value! - 500 / 1400) < 1e-12);
  const range = byField(
    await evaluateRule(
      rule(
        'schema: { model: flights, measure: range_share, window: 1h, baseline: { kind: reference, name: train } }',
        '> 0.2',
      ),
      TICK,
      source,
    ),
  );
  assert.ok(Math.abs(range.distance!.value! - 757 / 2000) < 0.005, `${range.distance!.value}`);
  assert.equal(range.hour!.value, 0);
});

test('a series that is all null is judged, not insufficient', async () => {
  const { source, version } = flights();
  source.addWindow(
    source.addSeries(version, 'input', 'x', 'number'),
    TICK - HOUR,
    TICK,
    summaryOf('number', new Array(500).fill(null)),
  );
  const [finding] = await evaluateRule(
    rule('schema: { model: flights, stage: input, measure: null_share, window: 1h }', '> 0.2'),
    TICK,
    source,
  );
  assert.deepEqual([finding!.value, finding!.health], [1, 'ok']);
});

test('confidence is judged on its stage, as it is and against the baseline', async () => {
  const { source, version } = flights();
  source.addWindow(
    source.addSeries(version, 'confidence', 'p', 'number'),
    TICK - HOUR,
    TICK,
    summaryOf('number', new Array(500).fill(0.6)),
  );
  source.addBaseline(version, 'sure', [{ stage: 'confidence', field: 'p', summary: summaryOf('number', [0.8, 0.9]) }]);
  const [mean] = await evaluateRule(
    rule('confidence: { model: flights, measure: mean, window: 1h }', '< 0.7'),
    TICK,
    source,
  );
  assert.deepEqual([mean!.labels.field, mean!.labels.stage, mean!.value], ['p', 'confidence', 0.6]);
  const [change] = await evaluateRule(
    rule(
      'confidence: { model: flights, measure: mean_change, window: 1h, baseline: { kind: reference, name: sure } }',
      '< -0.1',
    ),
    TICK,
    source,
  );
  assert.ok(Math.abs(change!.value! + 0.25) < 1e-12);
  assert.ok(change!.evidence.includes('mean 0.85 -> 0.6'), change!.evidence.join('; '));
});

test('a new version is judged by the baseline its model has, in its own name', async () => {
  const { source } = flights();
  const next = source.addVersion('flights', 'v2', TICK - HOUR, TICK);
  source.addWindow(
    source.addSeries(next, 'feature', 'hour', 'number'),
    TICK - HOUR,
    TICK,
    summaryOf('number', ramp(2000, 5)),
  );
  const latest = await evaluateRule(rule(DRIFT, '> 0.1'), TICK, source);
  assert.ok(latest.every((one) => one.labels.version === 'v2'));
  assert.ok(byField(latest).hour!.value! > 0.1);
  const all = await evaluateRule(
    rule(DRIFT.replace('method: psi', 'version: all, method: psi'), '> 0.1'),
    TICK,
    source,
  );
  assert.deepEqual(new Set(all.map((one) => one.labels.version)), new Set(['v1', 'v2']));
});

test('a store that cannot list versions makes it throw, so that states are left alone', async () => {
  const source = new MemorySource();
  source.versions = async () => Promise.reject(new Error('connection lost'));
  await assert.rejects(evaluateRule(rule(DRIFT, '> 0.1'), TICK, source), /connection lost/);
});

test('a store that does not answer for spans or baselines makes it throw: an outage is no finding', async () => {
  for (const method of ['spans', 'baseline'] as const) {
    const { source } = flights();
    source[method] = async () => Promise.reject(new Error('connection lost'));
    await assert.rejects(evaluateRule(rule(DRIFT, '> 0.1'), TICK, source), /connection lost/);
  }
});

test('evaluating twice gives the same, whatever came after the tick', async () => {
  const { source, version } = flights();
  const before = await evaluateRule(rule(DRIFT, '> 0.1'), TICK, source);
  source.addWindow(
    { id: 101, versionId: version.id, stage: 'feature', field: 'hour', slice: '', kind: 'number' },
    TICK,
    TICK + HOUR,
    summaryOf('number', ramp(50, 99)),
  );
  source.addVersion('flights', 'v2', TICK, TICK + HOUR);
  assert.deepEqual(await evaluateRule(rule(DRIFT, '> 0.1'), TICK, source), before);
});

test('sigmas of a constant baseline are an error that says so, as soon as the field moves; the rest is judged', async () => {
  const { source, version } = flights();
  const put = (field: string, live: readonly number[]): void =>
    source.addWindow(
      source.addSeries(version, 'feature', field, 'number'),
      TICK - HOUR,
      TICK,
      summaryOf('number', live),
    );
  put('still', new Array(2000).fill(7));
  put('woken', ramp(2000));
  const constant = summaryOf('number', new Array(2000).fill(7));
  source.addBaseline(version, 'constants', [
    { stage: 'feature', field: 'still', summary: constant },
    { stage: 'feature', field: 'woken', summary: constant },
    { stage: 'feature', field: 'distance', summary: summaryOf('number', ramp(2000)) },
  ]);
  for (const method of ['wasserstein', 'mean_shift', 'quantile_shift', 'variance_shift']) {
    const block = DRIFT.replace('psi', method).replace('train', 'constants');
    const { still, woken, distance } = byField(await evaluateRule(rule(block, '> 0.1'), TICK, source));
    assert.deepEqual([still!.health, still!.value], ['ok', 0], method);
    assert.deepEqual([woken!.health, woken!.value], ['error', null], method);
    assert.match(woken!.message!, /the baseline is constant.*use ks, psi or range_share/, method);
    assert.ok(distance!.health === 'ok' && distance!.value! > 0.1, method);
  }
});

test('rules ask for staleness, new names and concentration where they ask for faults', async () => {
  const { source } = flights();
  const baseline = 'baseline: { kind: reference, name: train }';
  const ask = async (measure: string, more = '') => {
    const block = `schema: { model: flights, measure: ${measure}, window: 1h${more} }`;
    return byField(await evaluateRule(rule(block, '> 0.9'), TICK, source));
  };
  const stale = await ask('stale', `, ${baseline}`);
  assert.deepEqual([stale.hour!.value, stale.distance!.value, stale.origin!.value], [1, 0, 0]);
  assert.equal((await ask('new_category_share', `, ${baseline}`)).origin!.value, 0.5);
  const constant = await ask('constant_share');
  assert.deepEqual([constant.hour!.value, constant.origin!.value], [1 / 2000, 900 / 1400]);
  assert.ok(Math.abs((await ask('gini')).origin!.value! - 400 / (2 * 1400)) < 1e-12);
});

test('vectors are judged for how far they moved and for what is missing', async () => {
  const { source, version } = flights();
  const vectors = (shift: number) => ramp(1500).map((i) => [Math.sin(i), Math.cos(i * 1.7), Math.sin(i * 0.3) + shift]);
  const live = summaryOf('vector', [...vectors(0.8), ...new Array(500).fill(null)]);
  source.addWindow(source.addSeries(version, 'feature', 'embedding', 'vector'), TICK - HOUR, TICK, live);
  source.addBaseline(version, 'embedded', [
    { stage: 'feature', field: 'embedding', summary: summaryOf('vector', vectors(0)) },
  ]);
  const block = DRIFT.replace('psi', 'sliced_wasserstein').replace('train', 'embedded');
  const moved = byField(await evaluateRule(rule(block, '> 0.25'), TICK, source)).embedding!;
  assert.deepEqual([moved.health, moved.samples], ['ok', 1500]);
  assert.ok(moved.value! > 0.25 && moved.value! < 1.2, `${moved.value}`);
  const schema = 'schema: { model: flights, measure: null_share, window: 1h, fields: [embedding] }';
  const missing = byField(await evaluateRule(rule(schema, '> 0.1'), TICK, source)).embedding!;
  assert.deepEqual([missing.value, missing.samples, missing.evidence], [0.25, 2000, ['share missing 25 %']]);
});
