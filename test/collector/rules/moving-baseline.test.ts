import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { evaluateRule } from '../../../collector/src/rules/evaluate.ts';
import type { Finding } from '../../../collector/src/rules/finding.ts';
import { loadRules } from '../../../collector/src/rules/load.ts';
import type { SeriesInfo } from '../../../collector/src/rules/source.ts';
import { MemorySource, summaryOf } from './memory-source.ts';
import { ruleOf } from './rule-of.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TICK = 1000 * DAY;

const ramp = (from: number, count = 100): number[] => Array.from({ length: count }, (_, index) => from + index);

/** Version v1, seen for 60 days, with one number x. */
function served(): { source: MemorySource; put: (from: number, mean: number, series?: SeriesInfo) => void } {
  const source = new MemorySource();
  const version = source.addVersion('m', 'v1', TICK - 60 * DAY, TICK);
  const x = source.addSeries(version, 'feature', 'x', 'number');
  const put = (from: number, first: number, series = x) =>
    source.addWindow(series, from, from + HOUR, summaryOf('number', ramp(first)));
  return { source, put };
}

async function judged(source: MemorySource, baseline: string, more = '', tick = TICK): Promise<Finding[]> {
  const block = `drift: { model: m, method: mean_change, window: 1h, min_samples: 10, baseline_min_samples: 100, baseline: ${baseline}${more} }`;
  return evaluateRule(ruleOf(block, '> 1000'), tick, source);
}

const valuesOf = (findings: readonly Finding[]) => findings.map(({ value, health }) => value ?? health);

describe('a trailing baseline', () => {
  test('is what the version served in the time that ends its offset before the window', async () => {
    const { source, put } = served();
    put(TICK - HOUR, 50);
    put(TICK - 2 * HOUR, 999); // within the offset
    put(TICK - 26 * HOUR, 10);
    put(TICK - 27 * HOUR, 30);
    put(TICK - 60 * HOUR, 999); // before the duration
    const [found, ...others] = await judged(source, '{ kind: trailing, duration: 1d, offset: 1d }');
    assert.equal(others.length, 0);
    assert.equal(found!.value, 30);
    assert.deepEqual([found!.nRef, found!.samples, found!.baselineId, found!.baseline], [200, 100, null, 'trailing']);
  });

  test('ends before the widest that the window may grow to, so that the two never overlap', async () => {
    const { source, put } = served();
    put(TICK - HOUR, 50);
    put(TICK - 2 * HOUR, 999);
    put(TICK - 4 * HOUR, 20);
    assert.deepEqual(valuesOf(await judged(source, '{ kind: trailing, duration: 1d }', ', widen_to: 3h')), [30]);
  });

  test('with too few values leaves every field unjudged, and says of which time', async () => {
    const { source, put } = served();
    put(TICK - HOUR, 50);
    const [found] = await judged(source, '{ kind: trailing, duration: 1d }');
    assert.equal(found!.health, 'insufficient');
    assert.match(
      found!.message!,
      /^0 samples in the baseline, 100 are needed \(\d{4}-\d\d-\d\dT23:00Z\.\.\d{4}-\d\d-\d\dT23:00Z\)$/,
    );
    const byDefault =
      'drift: { model: m, method: psi, window: 1h, min_samples: 10, baseline: { kind: trailing, duration: 1d } }';
    put(TICK - 5 * HOUR, 0);
    const [other] = await evaluateRule(ruleOf(byDefault, '> 1'), TICK, source);
    assert.match(other!.message!, /^100 samples in the baseline, 5000 are needed/);
  });

  test('that cannot be read for one field is an error of that field alone', async () => {
    const { source, put } = served();
    put(TICK - HOUR, 50);
    put(TICK - 5 * HOUR, 20);
    const [version] = await source.versions('m');
    const y = source.addSeries(version!, 'feature', 'y', 'number');
    put(TICK - 5 * HOUR, 20, y);
    source.broken.add(y.id);
    const [x, broken] = await judged(source, '{ kind: trailing, duration: 1d }');
    assert.equal(x!.value, 30);
    assert.equal(broken!.health, 'error');
    assert.match(broken!.message!, /^of the baseline \(.*\), its windows cannot be read: the digest ends early$/);
  });

  test('of a constant, of nothing but nulls and of another kind gives no false verdict', async () => {
    const { source, put } = served();
    const [version] = await source.versions('m');
    const add = (field: string, before: readonly unknown[], now: readonly unknown[]) => {
      const series = source.addSeries(version!, 'feature', field, 'number');
      source.addWindow(series, TICK - 5 * HOUR, TICK - 4 * HOUR, summaryOf('number', before));
      source.addWindow(series, TICK - HOUR, TICK, summaryOf('number', now));
    };
    put(TICK - HOUR, 50);
    add('constant', new Array(100).fill(5), new Array(100).fill(5));
    add('nulls', new Array(100).fill(null), ramp(0));
    const found = await judged(source, '{ kind: trailing, duration: 1d }');
    assert.deepEqual(Object.fromEntries(found.map(({ labels, value, health }) => [labels.field, value ?? health])), {
      constant: 0,
      nulls: 'insufficient',
      x: 'insufficient',
    });
  });
});

describe('a same_time baseline', () => {
  test('is the same span of earlier periods, together', async () => {
    const { source, put } = served();
    put(TICK - HOUR, 50);
    put(TICK - 7 * DAY - HOUR, 10);
    put(TICK - 14 * DAY - HOUR, 30);
    put(TICK - 7 * DAY - 2 * HOUR, 999);
    put(TICK - 21 * DAY - HOUR, 999);
    const [found] = await judged(source, '{ kind: same_time, offset: 7d, periods: 2 }');
    assert.deepEqual([found!.value, found!.nRef], [30, 200]);
  });

  test('does with the periods there are, as long as they hold enough', async () => {
    const { source, put } = served();
    put(TICK - HOUR, 50);
    put(TICK - 7 * DAY - HOUR, 10);
    const four = '{ kind: same_time, offset: 7d, periods: 4 }';
    assert.deepEqual(valuesOf(await judged(source, four)), [40]);
    put(TICK - 2 * DAY, 50);
    assert.deepEqual(valuesOf(await judged(source, four, '', TICK - 2 * DAY + HOUR)), ['insufficient']);
  });
});

describe('a version baseline', () => {
  function twoVersions() {
    const { source, put } = served();
    const next = source.addVersion('m', 'v2', TICK - 10 * DAY, TICK);
    const x = source.addSeries(next, 'feature', 'x', 'number');
    put(TICK - 11 * DAY, 10);
    put(TICK - 5 * DAY, 999); // v1 goes on beside v2: no part of the baseline
    put(TICK - 18 * DAY, 999); // more than seven days before v2
    put(TICK - HOUR, 50, x);
    return { source, put, next };
  }

  test('is what the version before served until the judged one came, and stays so', async () => {
    const { source, next, put } = twoVersions();
    const [found] = await judged(source, '{ kind: version, version: previous }');
    assert.deepEqual([found!.value, found!.labels.version, found!.baseline], [40, 'v2', 'version']);
    assert.deepEqual(valuesOf(await judged(source, '{ kind: version, version: v1 }')), [40]);
    assert.deepEqual(valuesOf(await judged(source, '{ kind: version, version: v1, duration: 20d }')), [
      50 - (999 + 10) / 2,
    ]);
    const [x] = await source.series(next.id);
    put(TICK - 2 * DAY, 70, x);
    assert.deepEqual(
      valuesOf(await judged(source, '{ kind: version, version: previous }', '', TICK - 2 * DAY + HOUR)),
      [60],
    );
  });

  test('of a version that was not there before is insufficient and says so', async () => {
    const { source, put } = served();
    put(TICK - HOUR, 50);
    const messages = async (baseline: string) =>
      (await judged(source, baseline)).map(({ health, message }) => `${health}: ${message}`);
    assert.deepEqual(await messages('{ kind: version, version: previous }'), [
      'insufficient: 0 samples in the baseline, 100 are needed (no version was seen before v1)',
    ]);
    assert.deepEqual(await messages('{ kind: version, version: v9 }'), [
      'insufficient: 0 samples in the baseline, 100 are needed (no version v9 was seen before v1)',
    ]);
  });

  test('tells a field that has changed its kind', async () => {
    const { source } = twoVersions();
    const [v1, v2] = await source.versions('m');
    source.addSeries(v1!, 'feature', 'y', 'number');
    source.addSeries(v2!, 'feature', 'y', 'category');
    const found = await judged(source, '{ kind: version, version: previous }');
    assert.equal(
      found.find(({ labels }) => labels.field === 'y')?.message,
      'is a category series now and a number series in the baseline',
    );
  });
});

test('wrong moving baselines are told all at once, each at its line', () => {
  const rule = (name: string, drift: string, fire = '"> 1"') =>
    `      - alert: ${name}\n        drift: { model: m, method: psi, window: 1h, ${drift} }\n        fire: ${fire}\n`;
  const loaded = loadRules(
    `version: 1\ngroups:\n  - name: g\n    rules:\n${[
      rule('A', 'baseline: { kind: trailing, duration: 90s }'),
      rule('B', 'baseline: { kind: same_time, offset: 30m, periods: 4 }'),
      rule('C', 'baseline: { kind: same_time, offset: 7d, periods: 4 }, widen_to: 2h'),
      rule('D', 'version: v1, baseline: { kind: version, version: v1 }'),
      rule('E', 'baseline: { kind: trailing, duration: 7d }', '{ effect: "> 1", at_most: 1/month }'),
      rule('F', 'baseline: { kind: trailing }'),
      rule('G', 'baseline: { kind: trailling, duration: 7d }'),
      rule('H', 'baseline: { kind: version, version: previous, offset: 1d }'),
      rule('I', 'baseline: { kind: trailing, duration: 7d }, baseline_min_samples: 0'),
    ].join('')}`,
    'rules.yaml',
  );
  assert.ok(!loaded.ok);
  assert.deepEqual(
    loaded.mistakes.map(({ line, column, message }) => [line, column, message]),
    [
      [6, 91, 'the duration must be a multiple of 1m'],
      [9, 90, 'the offset must be at least as long as the window, or the two overlap'],
      [12, 108, "with the baseline 'same_time' the window stays as long as the spans it is compared with"],
      [15, 102, "version 'v1' would be compared with itself"],
      [
        19,
        41,
        "what chance does is learnt from a baseline that stays, and one of the kind 'trailing' does not; give an effect alone, or a reference",
      ],
      [21, 63, "'duration' is missing here"],
      [24, 71, "expected trailing, got 'trailling' (did you mean 'trailing'?)"],
      [27, 99, "unknown key 'offset'; known here: kind, version, duration"],
      [30, 119, 'expected a number >= 1, got 0'],
    ],
  );
});
