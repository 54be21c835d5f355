import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIFT_METHODS } from '../../../collector/src/drift/index.ts';
import { evaluateRule } from '../../../collector/src/rules/evaluate.ts';
import { measureNamed } from '../../../collector/src/rules/measure.ts';
import type { VersionInfo } from '../../../collector/src/rules/source.ts';
import { MemorySource, summaryOf } from './memory-source.ts';
import { ruleOf as rule } from './rule-of.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TICK = 1000 * HOUR;

function served(): { source: MemorySource; version: VersionInfo } {
  const source = new MemorySource();
  return { source, version: source.addVersion('m', 'v1', TICK - 30 * DAY, TICK) };
}
const ramp = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index);
const SCHEMA = (more: string) => `schema: { model: m, measure: null_share, window: 1h, min_samples: 10, ${more} }`;

/** What was found, by field and slice: the value, or else the health. */
async function found(
  source: MemorySource,
  block: string,
  fire = '> 0.5',
  tick = TICK,
): Promise<Record<string, unknown>> {
  const findings = await evaluateRule(rule(block, fire), tick, source);
  return Object.fromEntries(
    findings.map(({ labels, value, health }) => [
      [labels.field, labels.slice].filter(Boolean).join(' '),
      value ?? health,
    ]),
  );
}

test('patterns find fields, exclusions leave some out, names are always answered for', async () => {
  const { source, version } = served();
  for (const field of ['amount_eur', 'amount_usd', 'amount_raw', 'country']) {
    source.addWindow(
      source.addSeries(version, 'feature', field, 'number'),
      TICK - HOUR,
      TICK,
      summaryOf('number', ramp(20)),
    );
  }
  assert.deepEqual(await found(source, SCHEMA('fields: [gone, "amount_*"], exclude: ["*_raw"]')), {
    gone: 'nodata',
    amount_eur: 0,
    amount_usd: 0,
  });
});

test('a rule of pairs finds them alone, and tells how they went together before and now', async () => {
  const { source, version } = served();
  const pairs = (slope: number) => ramp(50).map((i) => [i, slope * i + ((i * 7) % 5)]);
  const put = (field: string, kind: 'pair' | 'number', values: readonly unknown[]) =>
    source.addWindow(source.addSeries(version, 'step:pair', field, kind), TICK - HOUR, TICK, summaryOf(kind, values));
  put('a~b', 'pair', pairs(-1));
  put('a~c', 'pair', pairs(1));
  put('odd', 'number', ramp(50));
  source.addBaseline(version, 'ref', [
    { stage: 'step:pair', field: 'a~b', summary: summaryOf('pair', pairs(1)) },
    { stage: 'step:pair', field: 'a~c', summary: summaryOf('pair', pairs(1)) },
    { stage: 'step:pair', field: 'odd', summary: summaryOf('number', ramp(50)) },
  ]);
  const block =
    'drift: { model: m, stage: "step:pair", method: correlation_change, direction: both, baseline: { kind: reference, name: ref }, window: 1h, min_samples: 10 }';
  const [broken, same, ...others] = await evaluateRule(rule(block, '> 0.3'), TICK, source);
  assert.deepEqual(others, []);
  assert.deepEqual([broken?.labels.field, same?.labels.field, same?.value], ['a~b', 'a~c', 0]);
  assert.ok(Math.abs((broken?.value ?? 0) - 2) < 0.05, String(broken?.value));
  assert.match(broken?.evidence.join() ?? '', /^correlation 0\.99\d* -> -0\.99\d*$/);
});

test('with slice_by each slice is judged by itself, those that were seen first up to the limit', async () => {
  const { source, version } = served();
  const put = (slice: string, values: readonly unknown[]) =>
    source.addWindow(
      source.addSeries(version, 'feature', 'x', 'number', slice),
      TICK - HOUR,
      TICK,
      summaryOf('number', values),
    );
  put('', ramp(100));
  put('country=DE', ramp(20));
  put('country=CH', [...ramp(10), ...new Array(10).fill(null)]);
  put('device=ios', ramp(20));
  assert.deepEqual(await found(source, SCHEMA('slice_by: [country]')), { 'x country=DE': 0, 'x country=CH': 0.5 });
  assert.deepEqual(await found(source, SCHEMA('slice_by: [country, device], slice_limit: 1')), {
    'x country=DE': 0,
    'x country=*': 'error',
    'x device=ios': 0,
  });
  assert.deepEqual(await found(source, SCHEMA('slice_by: [contry]')), { 'x contry=*': 'nodata' });
  const beyond = await evaluateRule(rule(SCHEMA('slice_by: [country], slice_limit: 1'), '> 0.5'), TICK, source);
  assert.equal(beyond[1]!.message, '2 slices, of which slice_limit lets 1 be judged');
});

test('a window with too few samples grows until it has enough, as far as it may', async () => {
  const { source, version } = served();
  const series = source.addSeries(version, 'feature', 'x', 'number');
  const other = source.addSeries(version, 'feature', 'y', 'number');
  for (let hour = 1; hour <= 12; hour++) {
    source.addWindow(series, TICK - hour * HOUR, TICK - (hour - 1) * HOUR, summaryOf('number', ramp(4)));
    source.addWindow(other, TICK - hour * HOUR, TICK - (hour - 1) * HOUR, summaryOf('number', ramp(10)));
  }
  const spans = async (more: string): Promise<unknown[]> => {
    const findings = await evaluateRule(rule(SCHEMA(more), '> 0.5'), TICK, source);
    return findings.map(({ labels, health, samples, spanFrom }) => [
      labels.field,
      health,
      samples,
      (TICK - spanFrom) / HOUR,
    ]);
  };
  assert.deepEqual(await spans('widen_to: 6h'), [
    ['x', 'ok', 16, 4],
    ['y', 'ok', 10, 1],
  ]);
  assert.deepEqual((await spans('widen_to: 2h'))[0], ['x', 'insufficient', 8, 2]);
});

test('a drift window never grows beyond the age of the version', async () => {
  const source = new MemorySource();
  const version = source.addVersion('m', 'v1', TICK - 3 * HOUR, TICK);
  const series = source.addSeries(version, 'feature', 'x', 'number');
  source.addWindow(series, TICK - 3 * HOUR, TICK - 2 * HOUR, summaryOf('number', ramp(500)));
  source.addWindow(series, TICK - HOUR, TICK, summaryOf('number', ramp(5)));
  source.addBaseline(version, 'b', [{ stage: 'feature', field: 'x', summary: summaryOf('number', ramp(500)) }]);
  const drift =
    'drift: { model: m, method: psi, window: 1h, widen_to: 4h, min_samples: 100, baseline: { kind: reference, name: b } }';
  const [finding] = await evaluateRule(rule(drift, '> 0.2'), TICK, source);
  assert.deepEqual([finding!.health, (TICK - finding!.spanFrom) / HOUR], ['insufficient', 2]);
});

test('direction turns the sign of a change', async () => {
  const { source, version } = served();
  source.addWindow(
    source.addSeries(version, 'feature', 'x', 'number'),
    TICK - HOUR,
    TICK,
    summaryOf('number', ramp(20)),
  );
  source.addBaseline(version, 'b', [{ stage: 'feature', field: 'x', summary: summaryOf('number', ramp(20, 5)) }]);
  const block = (more: string) =>
    `drift: { model: m, method: mean_change, window: 1h, min_samples: 10, baseline: { kind: reference, name: b }${more} }`;
  const values = await Promise.all(
    ['', ', direction: up', ', direction: down', ', direction: both'].map((one) => found(source, block(one))),
  );
  assert.deepEqual(values, [{ x: -5 }, { x: -5 }, { x: 5 }, { x: 5 }]);
});

test('presence is held against the field that came most, so that sampled rows do not count as missing', async () => {
  const { source, version } = served();
  const put = (field: string, values: readonly unknown[]) =>
    source.addWindow(
      source.addSeries(version, 'feature', field, 'number'),
      TICK - HOUR,
      TICK,
      summaryOf('number', values),
    );
  put('always', ramp(40));
  put('half', ramp(20));
  put('empty', [...ramp(30), ...new Array(10).fill(null)]);
  source.addTraffic(version, TICK - HOUR, TICK, 400);
  const block = (more = '') => `schema: { model: m, measure: presence, window: 1h, min_samples: 30${more} }`;
  assert.deepEqual(await found(source, block(), '< 0.9'), { always: 1, empty: 0.75, half: 0.5 });
  assert.deepEqual(await found(source, block(', fields: [never]'), '< 0.9'), { never: 0 });
  assert.deepEqual(
    await found(source, block(', stage: input, fields: [never]'), '< 0.9'),
    { never: 0 },
    'by the rows served',
  );
  assert.deepEqual(await found(source, block(), '< 0.9', TICK + 2 * HOUR), {
    always: 'nodata',
    empty: 'nodata',
    half: 'nodata',
  });
});

test('a relation between fields is judged by the share of guarded calls in which it did not hold', async () => {
  const { source, version } = served();
  const put = (field: string, values: readonly string[]) =>
    source.addWindow(
      source.addSeries(version, 'step:guard', field, 'category'),
      TICK - HOUR,
      TICK,
      summaryOf('category', values),
    );
  const long = 'x'.repeat(80);
  put('verdict', [...new Array(360).fill('pass'), ...new Array(40).fill('annotate')]);
  put('violation', [
    ...new Array(20).fill('relation:feature/order'),
    ...new Array(8).fill('custom:prediction/order'),
    ...new Array(4).fill(`custom:feature/${long}`),
    ...new Array(30).fill('range:feature/amount'),
    ...new Array(10).fill('range:feature/order'),
  ]);
  const block = (check: string) =>
    `schema: { model: m, measure: violation_share, check: ${check}, window: 1h, min_samples: 100 }`;
  const share = (check: string, tick = TICK) => found(source, block(check), '> 0.01', tick);
  assert.deepEqual(await share('order'), { violation: 0.07 });
  assert.deepEqual(await share(long), { violation: 0.01 });
  assert.deepEqual(await share('range'), { violation: 0.1 });
  assert.deepEqual(await share('never'), { violation: 0 });
  assert.deepEqual(await share('order', TICK + 2 * HOUR), { violation: 'nodata' });
  const [finding] = await evaluateRule(rule(block('order'), '> 0.01'), TICK, source);
  assert.deepEqual([finding!.samples, finding!.evidence], [400, ['in 7 % of 400 rows']]);
});

test('a latency is a percentile over every process and, where asked, every version', async () => {
  const { source, version } = served();
  const canary = source.addVersion('m', 'v2', TICK - 30 * MINUTE, TICK);
  source.addWindow(
    source.addSeries(version, 'latency', 'total', 'number'),
    TICK - HOUR,
    TICK,
    summaryOf('number', ramp(99, 1)),
  );
  source.addWindow(
    source.addSeries(canary, 'latency', 'total', 'number'),
    TICK - 10 * MINUTE,
    TICK,
    summaryOf('number', new Array(101).fill(900)),
  );
  const block = (more = '') => `latency: { model: m, window: 1h, min_samples: 50, quantile: 0.5${more} }`;
  const each = await evaluateRule(rule(block(), '> 250'), TICK, source);
  assert.deepEqual(
    each.map(({ labels, value }) => [labels.version, value]),
    [
      ['v2', 900],
      ['v1', 50],
    ],
  );
  const [together, ...rest] = await evaluateRule(rule(block(', per: model'), '> 250'), TICK, source);
  assert.deepEqual([together!.labels.version, together!.samples, together!.value, rest], [undefined, 200, 900, []]);
});

test('confidence is judged by what is recorded of it', async () => {
  const { source, version } = served();
  const put = (stage: string, field: string, kind: 'number' | 'category', values: readonly unknown[]) =>
    source.addWindow(source.addSeries(version, stage, field, kind), TICK - HOUR, TICK, summaryOf(kind, values));
  put('confidence', 'value', 'number', [
    ...new Array(30).fill(0.4),
    ...new Array(60).fill(0.8),
    ...new Array(10).fill(1.2),
  ]);
  put('confidence', 'margin', 'number', new Array(100).fill(0.25));
  put('prediction', 'value', 'category', [...new Array(20).fill('fraud'), ...new Array(80).fill('fine')]);
  const of = (more: string) => found(source, `confidence: { model: m, window: 1h, min_samples: 10, ${more} }`);
  assert.deepEqual(await of('field: value, measure: low_share, below: 0.5'), { value: 0.3 });
  assert.deepEqual(await of('field: value, measure: quantile, quantile: 0.3'), { value: 0.4 });
  assert.deepEqual(await of('measure: quantile, quantile: 0.5'), { margin: 0.25, value: 0.8 });
  const impossible = (await of('field: value, measure: impossible_share')).value;
  assert.ok(typeof impossible === 'number' && Math.abs(impossible - 0.1) < 1e-12);
  assert.deepEqual(await of('field: margin, measure: mean'), { margin: 0.25 });
  assert.deepEqual(await of('measure: class_share, class: fraud'), { value: 0.2 });
});

test('one bad field never stops the rest', async () => {
  const { source, version } = served();
  const texts = (count: number) => ramp(count).map((index) => `id-${index}`);
  const put = (field: string, kind: 'number' | 'category', values: readonly unknown[]) =>
    source.addWindow(source.addSeries(version, 'feature', field, kind), TICK - HOUR, TICK, summaryOf(kind, values));
  put('good', 'number', ramp(500));
  put('empty', 'number', ramp(500));
  put('constant', 'number', ramp(500));
  put('three', 'number', ramp(500));
  put('nulls', 'number', new Array(500).fill(null));
  put('retyped', 'category', texts(500));
  put('exploded', 'category', texts(5000));
  const before = (field: string, kind: 'number' | 'category', values: readonly unknown[]) => ({
    stage: 'feature',
    field,
    summary: summaryOf(kind, values),
  });
  source.addBaseline(version, 'b', [
    before('good', 'number', ramp(500)),
    before('empty', 'number', []),
    before('constant', 'number', new Array(500).fill(7)),
    before('three', 'number', ramp(3)),
    before('nulls', 'number', ramp(500)),
    before('retyped', 'number', ramp(500)),
    before('exploded', 'category', texts(5)),
    before('never', 'number', ramp(500)),
  ]);
  const drift = (method: string) =>
    `drift: { model: m, method: ${method}, window: 1h, min_samples: 100, baseline: { kind: reference, name: b } }`;
  for (const method of DRIFT_METHODS.filter((name) => measureNamed(name)?.kinds.includes('number'))) {
    const one = await found(source, drift(method));
    assert.equal(typeof one.good, 'number', method);
    assert.deepEqual(
      [one.empty, one.nulls, one.retyped, one.never],
      ['error', 'insufficient', 'error', 'nodata'],
      method,
    );
    // A distance from what never moved may be large or unsayable, but it is no lack of data, and is never not a number.
    assert.ok(one.constant === 'error' || Number.isFinite(one.constant), `${method} ${one.constant}`);
    assert.ok(one.three === 'error' || Number.isFinite(one.three), `${method} ${one.three}`);
  }
  const psi = await found(source, drift('psi'));
  assert.ok(Number(psi.exploded) > 1 && Number(psi.constant) > 1 && Number(psi.three) > 1 && psi.good === 0);
});
