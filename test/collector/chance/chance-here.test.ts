import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASELINE_SIZE_RULE, Summary } from '@tidemark/sketch';
import type { ChanceSubject } from '../../../collector/src/chance/chance.ts';
import { ChanceHere } from '../../../collector/src/chance/chance-here.ts';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import { type CalibratedScore, calibratedScore } from '../../../collector/src/drift/calibrated-score.ts';
import { MEASURES } from '../../../collector/src/drift/index.ts';
import { type Random, randomOf } from '../../../collector/src/drift/random.ts';
import { HOUR } from '../../support/batches.ts';

const SIDES = { psi: 'above', mean_change: 'either', null_share: 'above' } as const;
type Name = keyof typeof SIDES;

function windowOf(random: Random, mean: number, nulls = 0, n = 500): Summary {
  const summary = new Summary('number');
  for (let i = 0; i < n; i++) summary.add(random.uniform() < nulls ? null : mean + random.normal());
  return summary;
}

/** What is known of a series whose baseline are 120 hours, each with a mean of its own, as far off as `between`. */
function seriesOf(between: number) {
  const random = randomOf(`baseline ${between}`);
  const windows = Array.from({ length: 120 }, (_, hour) => ({
    summary: windowOf(random, between * random.normal(), 0.01),
    start: hour * HOUR,
  }));
  const summary = new Summary('number', { sizeRule: BASELINE_SIZE_RULE });
  for (const window of windows) summary.merge(window.summary);
  const chance = new ChanceHere();
  const score = async (measure: Name, live: Summary): Promise<CalibratedScore> => {
    const bins = makeBins(summary);
    const side = SIDES[measure];
    const subject: ChanceSubject = {
      seed: 'test',
      measure,
      side,
      precision: 'usual',
      reference: { stage: 'feature', field: 'x', kind: 'number', summary, bins },
      spanMs: HOUR,
      windows: async () => windows,
    };
    const { samples, score: scoreOf, unit } = MEASURES[measure];
    const values = samples(live);
    return calibratedScore({
      ...(await chance.nullsFor(subject, { values, startMs: 200 * HOUR })),
      score: scoreOf({ live, reference: summary, bins }),
      side,
      deviation: unit === 'value' ? summary.moments.deviation : null,
      nRef: samples(summary),
      nLive: values,
      minSamples: 100,
    });
  };
  return { score, random };
}

test('half a deviation at 500 values is far beyond chance, a window like the baseline is not', async () => {
  const { score, random } = seriesOf(0);
  for (const name of ['psi', 'mean_change'] as const) {
    const moved = await score(name, windowOf(random, 0.5, 0.01));
    assert.ok(moved.tail < 1e-4 && moved.nullMultiple > 2, `${name}: ${moved.tail}`);
    const same = await score(name, windowOf(random, 0, 0.01));
    assert.ok(same.tail > 1 / 720, `${name}: ${same.tail}`);
  }
});

test('where hours differ from each other anyway, what draws would call impossible is an everyday score', async () => {
  const { score, random } = seriesOf(0.3);
  const one = await score('mean_change', windowOf(random, 0.3, 0.01));
  assert.ok(one.independentNull!.tail < 1e-5, `${one.independentNull!.tail}`);
  assert.ok(one.widenedNull!.tail > 0.05, `${one.widenedNull!.tail}`);
  assert.equal(one.tail, one.widenedNull!.tail);
});

test('nulls are held against those of the baseline, also where a window holds nothing else', async () => {
  const { score, random } = seriesOf(0);
  assert.ok((await score('null_share', windowOf(random, 0, 0.1))).tail < 1e-6);
  assert.ok((await score('null_share', windowOf(random, 0, 2))).tail < 1e-6);
});
