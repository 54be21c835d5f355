import { parseBudget, perJudgement } from '../../../collector/src/drift/alarm-budget.ts';
import { BaselineNulls } from '../../../collector/src/drift/baseline-nulls.ts';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import { calibratedScore, type FiringRule, verdictOf } from '../../../collector/src/drift/calibrated-score.ts';
import { randomOf } from '../../../collector/src/drift/random.ts';
import { measuresOf } from './measures.ts';
import { summaryOf } from './shapes.ts';

/** How often a shift of the mean of a normal field fires, by a budget alone and by a budget with a floor for the effect. */
export type Power = {
  readonly measure: string;
  /** In standard deviations. */
  readonly shift: number;
  readonly nLive: number;
  readonly trials: number;
  readonly byBudget: number;
  readonly byBoth: number;
};

const HOUR = 3_600_000;
const N_REF = 20_000;
/** Effects below which nobody wants to be called: the usual "moderate" PSI, and a quarter of a standard deviation. */
const FLOORS: Readonly<Record<string, number>> = { psi: 0.1, ks: 0.1, mean_change: 0.25 };

/** Judged by the hour, with one false alarm a month allowed. */
export function power(shift: number, nLive: number, trials: number): Power[] {
  const measures = measuresOf('number');
  const random = randomOf(`power/${shift}/${nLive}`);
  const draw = (n: number, mean: number) => Float64Array.from({ length: n }, () => mean + random.normal());
  const summary = summaryOf('number', draw(N_REF, 0), true);
  const bins = makeBins(summary);
  const nulls = new BaselineNulls({ summary, bins }, measures, { seed: 'power' });
  const mostByChance = perJudgement(parseBudget('1/month'), { tickMs: HOUR, spanMs: HOUR });
  const fired = measures.map(() => ({ byBudget: 0, byBoth: 0 }));
  for (let trial = 0; trial < trials; trial++) {
    const live = summaryOf('number', draw(nLive, shift));
    for (const [i, { name, side, score }] of measures.entries()) {
      const calibrated = calibratedScore({
        score: score({ live, reference: summary, bins }),
        side,
        deviation: name === 'mean_change' ? summary.moments.deviation : null,
        nRef: N_REF,
        nLive,
        minSamples: 1,
        independent: nulls.nullOf(name, nLive),
        widened: null,
      });
      const fires = (rule: FiringRule) => verdictOf(calibrated, rule) === 'fires';
      const floor = (value: number) => Math.abs(value) > FLOORS[name]!;
      if (fires({ effect: null, mostByChance })) fired[i]!.byBudget++;
      if (fires({ effect: floor, mostByChance })) fired[i]!.byBoth++;
    }
  }
  return measures.map(({ name }, i) => ({ measure: name, shift, nLive, trials, ...fired[i]! }));
}
