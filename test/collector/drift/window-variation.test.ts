import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEVELS, NullDistribution } from '../../../collector/src/drift/null-distribution.ts';
import { type Random, randomOf } from '../../../collector/src/drift/random.ts';
import type { WindowScore } from '../../../collector/src/drift/time-slots.ts';
import { WindowVariation } from '../../../collector/src/drift/window-variation.ts';

const HOUR = 3_600_000;
/** A score that falls like 1/n, exponential: a chi-square of two degrees. */
const independent = (n: number) => new NullDistribution(Float64Array.from(LEVELS, (p) => (-Math.log(p) * 2) / n));
const exponential = (random: Random) => -2 * Math.log(random.uniform());

function scoresOf(windows: number, score: (random: Random, hour: number) => number): WindowScore[] {
  const random = randomOf(`windows ${windows}`);
  return Array.from({ length: windows }, (_, hour) => ({
    score: score(random, hour),
    values: 100,
    startMs: hour * HOUR,
  }));
}

/** Alarms over a rate of 5 % by windows like those of the history. */
function rateOf(variation: WindowVariation, score: (random: Random, hour: number) => number): number {
  const random = randomOf('live');
  let alarms = 0;
  for (let hour = 0; hour < 4800; hour++) {
    if (variation.nullFor(100, hour * HOUR)!.null.tail(score(random, hour)) <= 0.05) alarms++;
  }
  return alarms / 4800 / 0.05;
}

test('windows that vary as independent draws do leave the null about as it is', () => {
  const score = (random: Random) => exponential(random) / 100;
  const variation = new WindowVariation({ independent, windows: scoresOf(300, score), isWithin: false });
  const found = variation.nullFor(100, null)!;
  assert.ok(found.inflation < 1.3, `${found.inflation}`);
  assert.equal(found.slots, null);
  assert.ok(found.null.quantile(0.01) >= independent(100).quantile(0.01) * 0.99);
});

test('windows of which ten values count for one widen it tenfold, be they many or few', () => {
  const score = (random: Random) => exponential(random) / 10;
  for (const windows of [24, 300]) {
    const variation = new WindowVariation({ independent, windows: scoresOf(windows, score), isWithin: false });
    assert.ok(Math.abs(variation.nullFor(100, null)!.inflation / 10 - 1) < 0.5);
    const rate = rateOf(variation, score);
    assert.ok(rate > 0.5 && rate < 2, `${windows}: ${rate}`);
  }
});

test('windows that cycle by the hour are compared with those of the same hour', () => {
  const mean = (hour: number) => 0.15 + (hour % 24 >= 12 ? 0.5 : 0);
  const score = (random: Random, hour: number) => (Math.sqrt(mean(hour)) + 0.05 * random.normal()) ** 2;
  const variation = new WindowVariation({ independent, windows: scoresOf(24 * 14, score), isWithin: false });
  const [night, day] = [variation.nullFor(100, 3 * HOUR)!, variation.nullFor(100, 15 * HOUR)!];
  assert.equal(night.slots, 'hour of day');
  assert.ok(day.null.quantile(0.01) > 2 * night.null.quantile(0.01));
  const rate = rateOf(variation, score);
  assert.ok(rate > 0.5 && rate < 2, `${rate}`);
});

test('windows that the baseline was merged from count as nearer than new ones will be', () => {
  const windows = scoresOf(10, (random) => exponential(random) / 10);
  const at = (isWithin: boolean) =>
    new WindowVariation({ independent, windows, isWithin }).nullFor(100, null)!.null.quantile(0.05);
  assert.ok(Math.abs(at(true) / at(false) - 11 / 9) < 0.02, `${at(true) / at(false)}`);
});

test('a wider window than any of the baseline is not taken to vary less', () => {
  const windows = scoresOf(200, (random) => exponential(random) / 10);
  const variation = new WindowVariation({ independent, windows, isWithin: false });
  const [same, wider] = [variation.nullFor(100, null)!, variation.nullFor(2400, null)!];
  assert.ok(Math.abs(wider.null.quantile(0.01) / same.null.quantile(0.01) - 1) < 0.05);
});

test('seven windows say nothing, and scores that are none are passed over', () => {
  const seven = scoresOf(7, () => 0.1);
  assert.equal(new WindowVariation({ independent, windows: seven, isWithin: false }).nullFor(100, 0), null);
  const withNaN = [...seven, { score: Number.NaN, values: 100, startMs: 0 }, { score: 0.1, values: 0, startMs: 0 }];
  assert.equal(new WindowVariation({ independent, windows: withNaN, isWithin: false }).nullFor(100, 0), null);
  const none = new WindowVariation({ independent: () => null, windows: scoresOf(20, () => 0.1), isWithin: false });
  assert.equal(none.nullFor(100, 0), null);
});

test('windows that all score alike give a null of numbers', () => {
  const variation = new WindowVariation({ independent, windows: scoresOf(20, () => 0.1), isWithin: true });
  assert.ok([...variation.nullFor(100, 0)!.null.quantiles].every(Number.isFinite));
});
