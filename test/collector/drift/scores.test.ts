import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SeriesKind } from '@tidemark/sketch';
import fc from 'fast-check';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import {
  CONFIDENCE_MEASURES,
  DRIFT_METHODS,
  digestScores,
  exactScores,
  MEASURES,
  type Measure,
  type MeasureName,
  SCHEMA_MEASURES,
} from '../../../collector/src/drift/index.ts';
import { mergedSummaryOf, summaryOf } from '../../support/summaries.ts';

function bothScores(kind: SeriesKind, reference: readonly unknown[], live: readonly unknown[]) {
  const baseline = summaryOf(kind, reference);
  const bins = kind === 'vector' ? null : makeBins(baseline);
  return {
    exact: exactScores(kind, reference, live),
    found: digestScores(baseline, mergedSummaryOf(kind, live, 3), bins),
  };
}

const NUMBERS = [1, 2, 3, 4, 4, 5, null, Number.NaN, 'x', Number.POSITIVE_INFINITY];
const CATEGORIES = ['a', 'b', 'b', true, 7, null, {}];
const VECTORS = [[1, 2], [1], [3, 4], null, [5, 7], 'x'];

test('each kind has every score that means something for it, in both forms', () => {
  for (const [kind, values] of [
    ['number', NUMBERS],
    ['category', CATEGORIES],
    ['vector', VECTORS],
  ] as const) {
    const { exact, found } = bothScores(kind, values, values);
    const expected = (Object.keys(MEASURES) as MeasureName[]).filter((name) =>
      (MEASURES[name] as Measure).kinds.includes(kind),
    );
    assert.deepEqual(Object.keys(exact), expected, kind);
    assert.deepEqual(Object.keys(found), expected, kind);
  }
});

test('every measure can be asked for in a rule, and what a drift rule asks for compares', () => {
  const askable = new Set([...DRIFT_METHODS, ...SCHEMA_MEASURES, ...CONFIDENCE_MEASURES]);
  const names = Object.keys(MEASURES) as MeasureName[];
  assert.deepEqual([...askable].sort(), names.sort());
  for (const name of DRIFT_METHODS) assert.equal(MEASURES[name].baseline, 'required', name);
});

test('the same values on both sides are no drift by any score that compares', () => {
  for (const [kind, values] of [
    ['number', NUMBERS],
    ['category', CATEGORIES],
    ['vector', VECTORS],
  ] as const) {
    const { exact, found } = bothScores(kind, values, values);
    for (const name of Object.keys(exact) as MeasureName[]) {
      if (MEASURES[name].baseline !== 'required' || name === 'stale') continue;
      assert.ok(Math.abs(exact[name]!) < 1e-12 && Math.abs(found[name]!) < 1e-12, `${kind} ${name}`);
    }
    assert.deepEqual([exact.stale, found.stale], [1, 1], kind);
  }
});

test('as long as summaries are exact both forms agree, whatever the values', () => {
  const cell = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -20, max: 20 }) },
    fc.constantFrom(
      null,
      undefined,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      'text',
      3n,
      true,
      {},
    ),
  );
  const column = fc.array(cell, { maxLength: 80 });
  // Deciles of a digest are values, those of raw ones may lie between; what is over bins or quantiles differs by that.
  const byPlace = new Set(['psi', 'js', 'hellinger', 'l_infinity', 'quantile_shift']);
  // Several new categories share a bin of summaries, and its floor.
  const byFloor = new Set(['psi']);
  fc.assert(
    fc.property(fc.constantFrom('number', 'category' as const), column, column, (kind, reference, live) => {
      const { exact, found } = bothScores(kind as SeriesKind, reference, live);
      assert.deepEqual(Object.keys(found), Object.keys(exact), kind);
      const skipped = kind === 'number' ? byPlace : byFloor;
      for (const name of Object.keys(exact) as MeasureName[]) {
        assert.ok(Number.isFinite(exact[name]) && Number.isFinite(found[name]), name);
        if (skipped.has(name)) continue;
        assert.ok(
          Math.abs(exact[name]! - found[name]!) < 1e-9,
          `${kind} ${name}: ${found[name]} against ${exact[name]}`,
        );
        if ((MEASURES[name] as Measure).unit === 'share') assert.ok(exact[name]! >= 0 && exact[name]! <= 1, name);
      }
    }),
  );
});

test('shares are 0 to 1 and indexes not below 0, over bins too', () => {
  const column = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 120 });
  fc.assert(
    fc.property(column, column, (reference, live) => {
      const { exact, found } = bothScores('number', reference, live);
      for (const scores of [exact, found]) {
        for (const name of Object.keys(scores) as MeasureName[]) {
          const { unit } = MEASURES[name] as Measure;
          if (unit === 'share') assert.ok(scores[name]! >= 0 && scores[name]! <= 1, `${name} ${scores[name]}`);
          if (unit === 'index') assert.ok(scores[name]! >= 0, `${name} ${scores[name]}`);
        }
      }
    }),
  );
});

test('what an empty side leaves is what needs no values of both', () => {
  const { exact, found } = bothScores('number', [1, 2, 3], [null, null]);
  assert.deepEqual(exact, { null_share: 1, null_share_change: 1, type_share: 0 });
  assert.deepEqual(found, exact);
  const noReference = bothScores('category', [], ['a', 'a', 'b']);
  const expected = ['null_share', 'type_share', 'constant_share', 'top_share', 'entropy', 'gini'];
  assert.deepEqual(Object.keys(noReference.exact), expected);
  assert.deepEqual(Object.keys(noReference.found), expected);
  assert.deepEqual(bothScores('number', [], []), { exact: {}, found: {} });
});

test('of a constant baseline that begins to move, scores in its sigmas are absent, the others are there', () => {
  const { exact, found } = bothScores('number', [5, 5, 5, 5], [5, 6, 7, 8]);
  for (const scores of [exact, found]) {
    for (const absent of ['wasserstein', 'mean_shift', 'quantile_shift', 'variance_shift'] as const) {
      assert.ok(!Object.hasOwn(scores, absent), absent);
    }
    assert.deepEqual([scores.ks, scores.range_share, scores.mean_change], [0.75, 0.75, 1.5]);
    assert.ok(scores.psi! > 0.25);
  }
});

test('sides of different kinds are refused', () => {
  const [numbers, texts] = [summaryOf('number', [1]), summaryOf('category', ['a'])];
  assert.throws(() => digestScores(numbers, texts, makeBins(numbers)), {
    name: 'RangeError',
    message: 'only series of one kind can be compared, got number and category',
  });
});

test('changes of shares are live less baseline, so what was always empty or the same counts for nothing', () => {
  const before = [0, 0, 0, 1, null, null, null, null];
  for (const scores of Object.values(bothScores('number', before, [0, 0, 0, 2, null, null, null, null])))
    assert.deepEqual([scores.null_share_change, scores.constant_share_change], [0, 0]);
  for (const scores of Object.values(
    bothScores('number', before, [3, 3, 3, 3, null, null, null, null, null, null, null, null]),
  ))
    assert.deepEqual(
      [scores.null_share_change, scores.constant_share_change].map((x) => Number(x!.toFixed(6))),
      [0.166667, 0.25],
    );
});
