import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkModelSettings, LIMITS } from '@tidemark/proto';
import { BASELINE_SIZE_RULE, type SeriesKind, Summary } from '@tidemark/sketch';
import { type Baseline, seriesKey } from '../../../collector/src/baseline/baseline.ts';
import { boundsOfBaseline } from '../../../collector/src/baseline/bounds.ts';

const RULE = { low: 0.001, high: 0.999, margin: 0.5 };

type Columns = Readonly<Record<string, readonly unknown[]>>;

function baselineOf(kind: SeriesKind, columns: Columns): Baseline {
  const series = Object.entries(columns).map(([name, values]) => {
    const [stage = '', field = ''] = name.split('/');
    const summary = new Summary(kind, { sizeRule: BASELINE_SIZE_RULE });
    for (const value of values) summary.add(value);
    return { stage, field, kind, summary, bins: { kind: 'number' as const, cuts: [] } };
  });
  return {
    ...{ id: 1, name: 'b', model: 'm', version: '1' },
    series: new Map(series.map((one) => [seriesKey(one.stage, one.field), one])),
  };
}

const hundred = Array.from({ length: 101 }, (_, i) => i);

describe('the bounds of a baseline', () => {
  test('of numbers are the two quantiles and the margin on either side', () => {
    const baseline = baselineOf('number', { 'feature/x': hundred });
    const { bounds, leftOut } = boundsOfBaseline(baseline, { low: 0.25, high: 0.75, margin: 0.5 });
    assert.deepEqual(leftOut, []);
    assert.partialDeepStrictEqual(bounds, [{ stage: 'feature', field: 'x' }]);
    const { min = Number.NaN, max = Number.NaN } = bounds[0] ?? {};
    assert.ok(Math.abs(min - 0) <= 1 && Math.abs(max - 100) <= 1, `${min} to ${max}`);
    const bare = boundsOfBaseline(baseline, { low: 0, high: 1, margin: 0 });
    assert.deepEqual(bare.bounds, [{ stage: 'feature', field: 'x', min: 0, max: 100 }]);
  });

  test('of numbers let the baseline itself pass, but for about the share outside of the quantiles', () => {
    const values = Array.from({ length: 50_000 }, (_, i) => Math.tan(((i * 0.618034) % 1) * 3 - 1.5));
    const baseline = baselineOf('number', { 'feature/x': values });
    const [{ min = Number.NaN, max = Number.NaN } = {}] = boundsOfBaseline(baseline, { ...RULE, margin: 0 }).bounds;
    const outside = values.filter((value) => value < min || value > max).length / values.length;
    assert.ok(outside > 0.001 && outside < 0.003, `${outside} outside of ${min} to ${max}`);
  });

  test('of numbers of which nearly all are one are what was seen', () => {
    const values = [...new Array(10_000).fill(0), -1, 7];
    const { bounds } = boundsOfBaseline(baselineOf('number', { 'feature/x': values, 'input/y': [5, 5] }), RULE);
    assert.deepEqual(bounds, [
      { stage: 'feature', field: 'x', min: -1, max: 7 },
      { stage: 'input', field: 'y', min: 5, max: 5 },
    ]);
  });

  test('of categories are those that occurred, where the baseline lists them all', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => `id-${i}`);
    const baseline = baselineOf('category', { 'input/origin': ['ATL', 'ORD', 'ATL', true], 'input/id': many });
    const { bounds, leftOut } = boundsOfBaseline(baseline, RULE);
    assert.deepEqual(bounds, [{ stage: 'input', field: 'origin', values: ['ATL', 'ORD', 'true'] }]);
    assert.partialDeepStrictEqual(leftOut, [{ stage: 'input', field: 'id' }]);
    assert.match(leftOut[0]?.reason ?? '', /more categories \(about \d+\) than are listed/);
  });

  test('are none of a field that says nothing, and of none that is not put into the model', () => {
    const columns = { 'feature/null': [null], 'feature/far': [-1e308, 1e308, 1], 'prediction/x': hundred };
    const { bounds, leftOut } = boundsOfBaseline(baselineOf('number', columns), { low: 0, high: 1, margin: 0.5 });
    assert.deepEqual(bounds, []);
    assert.deepEqual(
      leftOut.map(({ field, reason }) => `${field}: ${reason}`),
      ['far: its values are too far apart', 'null: the baseline has no values of it'],
    );
  });

  test('are settings that agents take', () => {
    const long = Array.from({ length: 200 }, (_, i) => `${i}-${'ä'.repeat(100)}`);
    const { bounds } = boundsOfBaseline(baselineOf('category', { 'input/x': [...long, '', '\ud800', '\u0000'] }), RULE);
    assert.equal(bounds[0]?.values?.length, 203);
    assert.ok(bounds[0]?.values?.every((value) => Buffer.byteLength(value) <= LIMITS.maxKeyBytes));
    checkModelSettings({ bounds });
  });
});
