import { BASELINE_SIZE_RULE, Summary } from '@tidemark/sketch';
import { BaselineNulls } from '../../../collector/src/drift/baseline-nulls.ts';
import { makeBins } from '../../../collector/src/drift/bins.ts';
import { randomOf } from '../../../collector/src/drift/random.ts';
import { oriented } from '../../../collector/src/drift/side.ts';
import type { WindowScore } from '../../../collector/src/drift/time-slots.ts';
import { WindowVariation } from '../../../collector/src/drift/window-variation.ts';
import { RATES } from './false-alarms.ts';
import { measuresOf } from './measures.ts';
import { summaryOf } from './shapes.ts';
import type { Traffic } from './traffic.ts';

/** False alarms on traffic that is no independent draws, by the null of such draws and by the widened one. */
export type TrafficAlarms = {
  readonly traffic: string;
  readonly measure: string;
  readonly baselineWindows: number;
  readonly nLive: number;
  readonly trials: number;
  /** Alarms at each of RATES. */
  readonly independent: readonly number[];
  readonly widened: readonly number[];
};

/** How many histories are made, how long each is, and what is judged after it. Windows are hours. */
export type History = {
  readonly histories: number;
  readonly windows: number;
  readonly judged: number;
  readonly draws: number;
};

const HOUR = 3_600_000;

/** A history becomes the baseline, merged from its windows as a stored one is; the hours after it are judged. */
export function trafficAlarms(traffic: Traffic, nLive: number, history: History): TrafficAlarms[] {
  const measures = measuresOf('number');
  const random = randomOf(`${traffic.name}/${history.windows}`);
  const tails = measures.map(() => ({ independent: [] as number[], widened: [] as number[] }));
  for (let h = 0; h < history.histories; h++) {
    const next = traffic.start(random, nLive);
    const windows = Array.from({ length: history.windows }, (_, hour) => summaryOf('number', next(hour)));
    const summary = new Summary('number', { sizeRule: BASELINE_SIZE_RULE });
    for (const window of windows) summary.merge(window);
    const bins = makeBins(summary);
    const nulls = new BaselineNulls({ summary, bins }, measures, { seed: `${h}`, draws: history.draws });
    const lives = Array.from({ length: history.judged }, (_, i) => summaryOf('number', next(history.windows + i)));
    for (const [m, { name, side, score }] of measures.entries()) {
      const scored = (live: Summary) => oriented(score({ live, reference: summary, bins }), side);
      const past: WindowScore[] = windows.map((live, hour) => ({
        score: scored(live),
        values: live.kinds.valid,
        startMs: hour * HOUR,
      }));
      const independent = (n: number) => nulls.nullOf(name, n);
      const variation = new WindowVariation({ independent, windows: past, isWithin: true });
      for (const [i, live] of lives.entries()) {
        const n = live.kinds.valid;
        const value = scored(live);
        tails[m]!.independent.push(nulls.nullOf(name, n)!.tail(value));
        tails[m]!.widened.push(variation.nullFor(n, (history.windows + i) * HOUR)!.null.tail(value));
      }
    }
  }
  const count = (of: readonly number[]) => RATES.map((rate) => of.filter((tail) => tail <= rate).length);
  return measures.map(({ name }, m) => ({
    traffic: traffic.name,
    measure: name,
    baselineWindows: history.windows,
    nLive,
    trials: tails[m]!.independent.length,
    independent: count(tails[m]!.independent),
    widened: count(tails[m]!.widened),
  }));
}
