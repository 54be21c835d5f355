import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASELINE_SIZE_RULE, Summary } from '@tidemark/sketch';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import { verdictOf } from '../../../collector/src/drift/calibrated-score.ts';
import { Calibration, type NamedMeasure } from '../../../collector/src/drift/calibration.ts';
import { MEASURES } from '../../../collector/src/drift/index.ts';
import { type Random, randomOf } from '../../../collector/src/drift/random.ts';

const HOUR = 3_600_000;
const measures: readonly NamedMeasure[] = [
  { name: 'psi', side: 'above', measure: MEASURES.psi },
  { name: 'mean_change', side: 'either', measure: MEASURES.mean_change },
  { name: 'null_share', side: 'above', measure: MEASURES.null_share },
];

function windowOf(random: Random, mean: number, nulls = 0, n = 500): Summary {
  const summary = new Summary('number');
  for (let i = 0; i < n; i++) summary.add(random.uniform() < nulls ? null : mean + random.normal());
  return summary;
}

/** A baseline of 120 hours of which each has a mean of its own, as far off as `between`. */
function calibrationOf(between: number): { calibration: Calibration; random: Random } {
  const random = randomOf(`baseline ${between}`);
  const windows = Array.from({ length: 120 }, (_, hour) => ({
    summary: windowOf(random, between * random.normal(), 0.01),
    startMs: hour * HOUR,
  }));
  const summary = new Summary('number', { sizeRule: BASELINE_SIZE_RULE });
  for (const window of windows) summary.merge(window.summary);
  const reference = { summary, bins: makeBins(summary) };
  const options = { seed: 'test', draws: 500 };
  return { calibration: new Calibration({ reference, measures, windows, isWithin: true, options }), random };
}

test('half a deviation at 500 values is far beyond chance, a window like the baseline is not', () => {
  const { calibration, random } = calibrationOf(0);
  const at = { startMs: 200 * HOUR, minSamples: 100 };
  for (const name of ['psi', 'mean_change']) {
    const moved = calibration.score(name, { summary: windowOf(random, 0.5, 0.01), ...at });
    assert.ok(moved.tail < 1e-4 && moved.nullMultiple > 2, `${name}: ${moved.tail}`);
    assert.equal(verdictOf(moved, { effect: (score) => Math.abs(score) > 0.1, mostByChance: 1 / 720 }), 'fires');
    const same = calibration.score(name, { summary: windowOf(random, 0, 0.01), ...at });
    assert.ok(same.tail > 1 / 720, `${name}: ${same.tail}`);
  }
});

test('where hours differ from each other anyway, what draws would call impossible is an everyday score', () => {
  const { calibration, random } = calibrationOf(0.3);
  const one = calibration.score('mean_change', {
    summary: windowOf(random, 0.3, 0.01),
    startMs: 200 * HOUR,
    minSamples: 100,
  });
  assert.ok(one.independentNull!.tail < 1e-5, `${one.independentNull!.tail}`);
  assert.ok(one.widenedNull!.tail > 0.05, `${one.widenedNull!.tail}`);
  assert.equal(one.tail, one.widenedNull!.tail);
});

test('nulls are held against those of the baseline, and a window of nulls alone has no other score', () => {
  const { calibration, random } = calibrationOf(0);
  const at = { startMs: 200 * HOUR, minSamples: 100 };
  const nulls = { summary: windowOf(random, 0, 0.1), ...at };
  assert.ok(calibration.score('null_share', nulls).tail < 1e-6);
  const empty = { summary: windowOf(random, 0, 2), ...at };
  assert.ok(calibration.score('null_share', empty).tail < 1e-6);
  assert.equal(calibration.score('psi', empty).insufficient, true);
});

test('too few samples are insufficient, and an unknown measure is refused by name', () => {
  const { calibration, random } = calibrationOf(0);
  const few = { summary: windowOf(random, 3, 0, 50), startMs: 0, minSamples: 100 };
  assert.equal(calibration.score('psi', few).insufficient, true);
  assert.throws(() => calibration.score('nonsense', few), /no measure 'nonsense'.*psi/);
});
