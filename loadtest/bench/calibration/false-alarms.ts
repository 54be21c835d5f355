import { BaselineNulls } from '../../../collector/src/drift/baseline-nulls.ts';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import { randomOf } from '../../../collector/src/drift/random.ts';
import { oriented } from '../../../collector/src/drift/side.ts';
import { measuresOf } from './measures.ts';
import { drawn, type Shape, summaryOf } from './shapes.ts';

/** Rates at which alarms are asked for. */
export const RATES = [0.05, 0.01, 1 / 720, 1 / 8640] as const;

/** How often a score alarmed while nothing drifted. */
export type FalseAlarms = {
  readonly shape: string;
  readonly measure: string;
  readonly nRef: number;
  readonly nLive: number;
  readonly trials: number;
  /** Alarms at each of RATES. */
  readonly alarms: readonly number[];
  /** Whether the score was the same in all trials: then there is nothing to alarm about. */
  readonly isConstant: boolean;
  /** Whether so few scores are possible that no threshold comes within half of the first rate. */
  readonly isCoarse: boolean;
};

/** One cell of the table. */
export type Cell = { readonly shape: Shape; readonly nRef: number; readonly nLive: number };

/** How many baselines are made, how many live windows are held against each, and what a null is drawn from. */
export type Trials = { readonly baselines: number; readonly windows: number; readonly draws: number };

/**
 * Baselines and live windows of one shape, each value through the sketches; alarms are counted where the tail probability is at most the
 * rate. Every baseline is a new one, as its noise is in the score as well.
 */
export function falseAlarms({ shape, nRef, nLive }: Cell, trials: Trials): FalseAlarms[] {
  const measures = measuresOf(shape.kind);
  const seed = `${shape.name}/${nRef}/${nLive}`;
  const random = randomOf(seed);
  const tails = measures.map(() => [] as number[]);
  const scores = measures.map(() => [] as number[]);
  const coarse = measures.map(() => 0);
  for (let b = 0; b < trials.baselines; b++) {
    const summary = summaryOf(shape.kind, drawn(shape, nRef, random), true);
    const bins = makeBins(summary);
    const nulls = new BaselineNulls({ summary, bins }, measures, { seed: `${seed}/${b}`, draws: trials.draws });
    for (let w = 0; w < trials.windows; w++) {
      const live = summaryOf(shape.kind, drawn(shape, nLive, random));
      for (const [i, { name, side, score }] of measures.entries()) {
        const value = oriented(score({ live, reference: summary, bins }), side);
        tails[i]!.push(nulls.nullOf(name, nLive)!.tail(value));
        scores[i]!.push(value);
      }
    }
    // Each baseline by itself, since its bins are its own and so are the scores that are possible.
    for (const [i, all] of scores.entries()) if (isCoarse(all.slice(-trials.windows), RATES[0])) coarse[i]!++;
  }
  return measures.map(({ name }, i) => ({
    shape: shape.name,
    measure: name,
    nRef,
    nLive,
    trials: tails[i]!.length,
    alarms: RATES.map((rate) => tails[i]!.filter((tail) => tail <= rate).length),
    isConstant: new Set(scores[i]!).size === 1,
    isCoarse: coarse[i]! > trials.baselines / 2,
  }));
}

/** Whether every possible threshold is exceeded by fewer than half of the rate, or by more than one and a half times of it. */
function isCoarse(scores: readonly number[], rate: number): boolean {
  const sorted = scores.toSorted((a, b) => b - a);
  const cuts = sorted.flatMap((score, i) =>
    i + 1 === sorted.length || sorted[i + 1]! < score * (1 - 1e-9) ? [i + 1] : [],
  );
  return !cuts.some((above) => above >= 0.5 * rate * scores.length && above <= 1.5 * rate * scores.length);
}
