import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SeriesKind, Summary } from '@tidemark/sketch';
import { type Baseline, seriesKey } from '../../../collector/src/baseline/baseline.ts';
import { compareBaselines } from '../../../collector/src/baseline/compare-baselines.ts';
import { makeBins } from '../../../collector/src/drift/bins.ts';

function baselineOf(fields: Record<string, readonly [SeriesKind, readonly unknown[]]>): Baseline {
  const series = Object.entries(fields).map(([field, [kind, values]]) => {
    const summary = new Summary(kind);
    for (const value of values) summary.add(value);
    return { stage: 'feature', field, kind, summary, bins: makeBins(summary) };
  });
  const keyed = new Map(series.map((one) => [seriesKey(one.stage, one.field), one]));
  return { id: 1, name: 'ref', model: 'm', version: '1', series: keyed };
}

test('two baselines are compared series by series, in the bins of the first, and what cannot be says why', () => {
  const before = baselineOf({
    x: ['number', [1, 2, 3, 4]],
    plan: ['category', ['a', 'a', 'b', 'b']],
    changed: ['number', [1]],
    gone: ['number', [1]],
    v: ['vector', [[1, 2]]],
  });
  const now = baselineOf({
    x: ['number', [3, 4, 5, 6]],
    plan: ['category', ['a', 'b', 'c', 'c']],
    changed: ['category', ['1']],
    fresh: ['number', [1]],
    v: ['vector', [[1, 2]]],
  });
  const found = new Map(compareBaselines(before, now).map((one) => [one.name, one]));
  assert.deepEqual(
    [...found.keys()],
    ['feature/changed', 'feature/fresh', 'feature/gone', 'feature/plan', 'feature/v', 'feature/x'],
  );
  assert.equal(found.get('feature/x')?.scores.ks, 0.5);
  assert.equal(found.get('feature/plan')?.scores.unseen_share, 0.5);
  assert.ok(found.get('feature/v')!.error === null && 'sliced_wasserstein' in found.get('feature/v')!.scores);
  const errors = [...found.values()].flatMap(({ name, error }) => (error === null ? [] : [`${name}: ${error}`]));
  assert.deepEqual(errors, [
    'feature/changed: only series of one kind can be compared, got number and category',
    'feature/fresh: it is in the shown one only',
    'feature/gone: it is in the other one only',
  ]);
});
