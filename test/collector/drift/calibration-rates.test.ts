import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASELINE_SIZE_RULE, Summary } from '@tidemark/sketch';
import { BaselineNulls } from '../../../collector/src/drift/baseline-nulls.ts';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import { MEASURES } from '../../../collector/src/drift/index.ts';
import { type Random, randomOf } from '../../../collector/src/drift/random.ts';
import { oriented } from '../../../collector/src/drift/side.ts';
import type { CalibratedMeasure } from '../../../collector/src/drift/simulated-null.ts';
import { WindowVariation } from '../../../collector/src/drift/window-variation.ts';

// The whole table is `npm run bench -- calibration`; these are its cheap corners, on fixed seeds.

const NUMBERS: readonly CalibratedMeasure[] = [
  { name: 'psi', side: 'above', score: MEASURES.psi.score },
  { name: 'mean_change', side: 'either', score: MEASURES.mean_change.score },
];

function summaryOf(kind: 'number' | 'category', n: number, draw: () => unknown): Summary {
  const summary = new Summary(kind, kind === 'number' ? { sizeRule: BASELINE_SIZE_RULE } : {});
  for (let i = 0; i < n; i++) summary.add(draw());
  return summary;
}

/** Alarms over the rate of 5 %, over several baselines. */
function ratesOf(
  kind: 'number' | 'category',
  measures: readonly CalibratedMeasure[],
  nRef: number,
  nLive: number,
  draw: (random: Random) => unknown,
): number[] {
  const random = randomOf(`rates ${nRef} ${nLive}`);
  const alarms = measures.map(() => 0);
  // The baseline's own noise is in all its windows: where it weighs, more baselines are needed.
  const [baselines, windows] = nRef > 10 * nLive ? [15, 80] : [50, 20];
  for (let b = 0; b < baselines; b++) {
    const reference = summaryOf(kind, nRef, () => draw(random));
    const bins = makeBins(reference);
    const nulls = new BaselineNulls({ summary: reference, bins }, measures, { seed: `${b}`, draws: 250 });
    for (let w = 0; w < windows; w++) {
      const live = summaryOf(kind, nLive, () => draw(random));
      for (const [i, { name, side, score }] of measures.entries()) {
        const value = oriented(score({ live, reference, bins }), side);
        if (nulls.nullOf(name, nLive)!.tail(value) <= 0.05) alarms[i]!++;
      }
    }
  }
  return alarms.map((count) => count / (baselines * windows) / 0.05);
}

test('numbers alarm as often as asked for, also where most are zero and where the baseline is as small as the window', () => {
  const zeroInflated = (random: Random) => (random.uniform() < 0.65 ? 0 : Math.exp(random.normal()));
  for (const [nRef, nLive, draw] of [
    [5000, 128, (random: Random) => random.normal()],
    [2000, 256, zeroInflated],
    [256, 256, (random: Random) => random.normal()],
  ] as const) {
    for (const rate of ratesOf('number', NUMBERS, nRef, nLive, draw)) {
      assert.ok(rate > 0.5 && rate < 1.5, `${nRef}, ${nLive}: ${rate}`);
    }
  }
});

test('categories alarm as often as asked for, be they two or fifty', () => {
  const psi = NUMBERS.slice(0, 1);
  for (const k of [2, 50]) {
    const draw = (random: Random) => `k${Math.floor(k * random.uniform() ** 2)}`;
    for (const rate of ratesOf('category', psi, 5000, 181, draw)) {
      assert.ok(rate > 0.5 && rate < 1.5, `${k}: ${rate}`);
    }
  }
});

test('one seed gives one null, and sizes between two of the grid lie between their nulls', () => {
  const random = randomOf('grid');
  const summary = summaryOf('number', 5000, () => random.normal());
  const reference = { summary, bins: makeBins(summary) };
  const make = () => new BaselineNulls(reference, NUMBERS, { seed: 'same', draws: 300 });
  const [one, other] = [make(), make()];
  assert.deepEqual(one.nullOf('psi', 700), other.nullOf('psi', 700));
  const at = (n: number) => one.nullOf('psi', n)!.quantile(0.05);
  assert.ok(at(512) > at(700) && at(700) > at(1024));
});

test('a score that nobody ever heard of is calibrated like any other', () => {
  const random = randomOf('own');
  const summary = summaryOf('number', 5000, () => random.normal());
  const spreadChange: CalibratedMeasure = {
    name: 'spread_change',
    side: 'either',
    score: ({ live, reference }) => live.moments.deviation - reference!.moments.deviation,
  };
  const nulls = new BaselineNulls({ summary, bins: makeBins(summary) }, [spreadChange], { seed: 'own', draws: 1000 });
  // The standard error of a deviation is sigma / sqrt(2 n).
  const expected = 1.96 * summary.moments.deviation * Math.sqrt(1 / 800 + 1 / 10_000);
  const found = nulls.nullOf('spread_change', 400)!.quantile(0.05);
  assert.ok(Math.abs(found / expected - 1) < 0.12, `${found} against ${expected}`);
});

test('where nothing can be known there is no null', () => {
  const empty = new Summary('number');
  const nulls = new BaselineNulls({ summary: empty, bins: makeBins(empty) }, NUMBERS, { seed: 'empty' });
  assert.equal(nulls.nullOf('psi', 100), null);
  const full = summaryOf('number', 100, () => 1);
  const known = new BaselineNulls({ summary: full, bins: makeBins(full) }, NUMBERS, { seed: 'full', draws: 200 });
  assert.equal(known.nullOf('ks', 100), null);
  const constant = known.nullOf('psi', 100)!;
  assert.equal(constant.tail(0.01) < 1e-6, true);
});

test('a baseline of nulls alone foretells nulls and nothing else', () => {
  const summary = new Summary('number');
  for (let i = 0; i < 500; i++) summary.add(null);
  const shares = (['null_share', 'type_share', 'range_share'] as const).map(
    (name): CalibratedMeasure => ({ name, side: 'above', score: MEASURES[name].score }),
  );
  const nulls = new BaselineNulls({ summary, bins: makeBins(summary) }, shares, { seed: 'nulls' });
  assert.ok(nulls.nullOf('null_share', 200)!.tail(1) > 0.2);
  assert.ok(nulls.nullOf('type_share', 200)!.tail(0.1) < 1e-4);
  assert.equal(nulls.nullOf('range_share', 200), null);
});

test('baselines of one, two and three values give nulls that are numbers', () => {
  for (const values of [[1], [1, 2], [3, 1, 2]]) {
    const summary = new Summary('number');
    for (const value of values) summary.add(value);
    const nulls = new BaselineNulls({ summary, bins: makeBins(summary) }, NUMBERS, { seed: 'tiny', draws: 200 });
    for (const n of [1, 5, 1000]) {
      const found = nulls.nullOf('psi', n)!;
      assert.ok([...found.quantiles].every(Number.isFinite), `${values.length}, ${n}`);
    }
  }
});

/** Pairs of two fields that go together by `r`; with `heavy` each is divided by one more number of chance (t of 3 degrees). */
function pairsOf(n: number, r: number, random: Random, heavy: boolean): Summary {
  const summary = new Summary('pair');
  for (let i = 0; i < n; i++) {
    const x = random.normal();
    const y = r * x + Math.sqrt(1 - r * r) * random.normal();
    const scale = heavy ? Math.sqrt(random.gamma(1.5) / 1.5) : 1;
    summary.addPair(x / scale, y / scale);
  }
  return summary;
}

const CORRELATION: CalibratedMeasure = {
  name: 'correlation_change',
  side: 'either',
  score: MEASURES.correlation_change.score,
};

/** Alarms over the rate of 5 %, by independent draws and by a null that has the variation of the baseline's own windows in it. */
function pairRates(r: number, nLive: number, windows: number, heavy: boolean): { alone: number; widened: number } {
  const random = randomOf(`pairs ${r} ${nLive} ${heavy}`);
  const [baselines, judged] = [40, 50];
  let [alone, widened] = [0, 0];
  for (let b = 0; b < baselines; b++) {
    const own = Array.from({ length: windows }, () => pairsOf(nLive, r, random, heavy));
    const reference = new Summary('pair');
    for (const window of own) reference.merge(window);
    const bins = makeBins(reference);
    const scoreOf = (live: Summary) => oriented(CORRELATION.score({ live, reference, bins }), CORRELATION.side);
    const nulls = new BaselineNulls({ summary: reference, bins }, [CORRELATION], { seed: `${b}`, draws: 500 });
    const independent = (n: number) => nulls.nullOf(CORRELATION.name, n);
    const scores = own.map((live, i) => ({ score: scoreOf(live), values: nLive, startMs: i * 3_600_000 }));
    const wide = new WindowVariation({ independent, windows: scores, isWithin: true }).nullFor(nLive, null);
    for (let i = 0; i < judged; i++) {
      const score = scoreOf(pairsOf(nLive, r, random, heavy));
      if (independent(nLive)!.tail(score) <= 0.05) alone++;
      if (wide!.null.tail(score) <= 0.05) widened++;
    }
  }
  return { alone: alone / (baselines * judged) / 0.05, widened: widened / (baselines * judged) / 0.05 };
}

test('pairs alarm as often as asked for, whatever their correlation and the size of the baseline', () => {
  for (const [r, nLive, windows] of [
    [0, 100, 100],
    [0.5, 200, 8],
    [-0.95, 300, 20],
    [0.8, 20, 50],
  ] as const) {
    const { alone } = pairRates(r, nLive, windows, false);
    assert.ok(alone > 0.5 && alone < 1.5, `${r} of ${nLive}: ${alone}`);
  }
});

test('pairs with heavy tails alarm too often by independent draws, and not where the baseline has windows of its own', () => {
  const { alone, widened } = pairRates(0.5, 300, 100, true);
  assert.ok(alone > 2, `${alone}`);
  assert.ok(widened > 0.5 && widened < 1.5, `${widened}`);
});
