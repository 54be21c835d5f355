import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibratedScore, type Uncalibrated, verdictOf } from '../../../collector/src/drift/calibrated-score.ts';
import { LEVELS, NullDistribution } from '../../../collector/src/drift/null-distribution.ts';

const independent = new NullDistribution(Float64Array.from(LEVELS, (p) => -Math.log(p) / 100));
const wide = { null: independent.map((quantile) => 3 * quantile), windows: 100, slots: null, inflation: 3 };
const plain: Uncalibrated = {
  score: 0.12,
  side: 'above',
  deviation: null,
  nRef: 5000,
  nLive: 400,
  minSamples: 100,
  independent,
  widened: wide,
};
const above = (bound: number) => (score: number) => score > bound;

test('the multiple and the probability are by the wider null, and both nulls are told', () => {
  const one = calibratedScore(plain);
  assert.ok(Math.abs(one.nullMultiple - 0.12 / (-3 * Math.log(0.05) * 0.01)) < 1e-9);
  assert.ok(Math.abs(one.tail - Math.exp(-4)) < 1e-3, `${one.tail}`);
  assert.ok(Math.abs(one.independentNull!.tail / Math.exp(-12) - 1) < 0.1);
  assert.equal(one.widenedNull!.tail, one.tail);
  assert.deepEqual([one.score, one.effect, one.nRef, one.nLive], [0.12, 0.12, 5000, 400]);
});

test('with no windows to learn from the independent null decides', () => {
  const one = calibratedScore({ ...plain, widened: null });
  assert.equal(one.widenedNull, null);
  assert.equal(one.tail, one.independentNull!.tail);
});

test('a change of a mean is told in deviations, with its sign', () => {
  const one = calibratedScore({ ...plain, score: -6, side: 'either', deviation: 12 });
  assert.equal(one.effect, -0.5);
  assert.equal(one.score, -6);
  assert.ok(one.tail < 1e-6);
  assert.equal(calibratedScore({ ...plain, score: 0, deviation: 0 }).effect, 0);
  assert.equal(calibratedScore({ ...plain, score: 1, deviation: 0 }).effect, Number.POSITIVE_INFINITY);
});

test('an effect, a budget, or both', () => {
  const one = calibratedScore(plain);
  const verdict = (bound: number | null, mostByChance: number | null) =>
    verdictOf(one, { effect: bound === null ? null : above(bound), mostByChance });
  assert.equal(verdict(0.1, null), 'fires');
  assert.equal(verdict(0.2, null), 'quiet');
  assert.equal(verdict(null, 0.05), 'fires');
  assert.equal(verdict(null, 0.001), 'quiet');
  assert.equal(verdict(0.1, 0.05), 'fires');
  assert.equal(verdict(0.2, 0.05), 'quiet');
  assert.equal(verdict(0.1, 0.001), 'quiet');
});

test('too few values are neither ok nor drift, and a budget without a null is unknown', () => {
  const few = calibratedScore({ ...plain, nLive: 99 });
  assert.equal(few.insufficient, true);
  assert.equal(verdictOf(few, { effect: above(0.1), mostByChance: null }), 'insufficient');
  assert.equal(calibratedScore({ ...plain, score: Number.NaN }).insufficient, true);
  const none = calibratedScore({ ...plain, independent: null, widened: null });
  assert.ok(Number.isNaN(none.nullMultiple) && Number.isNaN(none.tail));
  assert.equal(verdictOf(none, { effect: above(0.1), mostByChance: 0.01 }), 'unknown');
  assert.equal(verdictOf(none, { effect: above(0.1), mostByChance: null }), 'fires');
});

test('where chance gives nothing any score is infinitely more', () => {
  const nothing = independent.map(() => 0);
  assert.equal(
    calibratedScore({ ...plain, independent: nothing, widened: null }).nullMultiple,
    Number.POSITIVE_INFINITY,
  );
  assert.equal(calibratedScore({ ...plain, score: 0, independent: nothing, widened: null }).nullMultiple, 0);
});
