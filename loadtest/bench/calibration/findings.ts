import type { Finding } from '../budget.ts';
import { type FalseAlarms, RATES } from './false-alarms.ts';
import type { Measured } from './measured.ts';
import type { Power } from './power.ts';

type Where = { readonly where: string; readonly value: number };

/** What was measured for every line of the budget; lines of parts that were not measured are missing. */
export function findings({ cells, even, tail, traffic, power, budget }: Measured): Map<string, Finding> {
  const smooth = (all: readonly FalseAlarms[]) => all.filter((cell) => !cell.isCoarse);
  const byCell = (all: readonly FalseAlarms[]) =>
    all.map((cell) => ({
      where: `${cell.measure}, ${cell.shape}, n ${cell.nLive}`,
      value: cell.alarms[0]! / cell.trials / RATES[0],
    }));
  const pooled = (all: readonly FalseAlarms[], rate: number) => {
    const trials = all.reduce((sum, cell) => sum + cell.trials, 0);
    return trials === 0 ? [] : [{ where: 'pooled', value: pool(all, rate) / trials / RATES[rate]! }];
  };
  const streams = traffic
    .filter(({ traffic: name }) => name !== 'independent')
    .map(({ traffic: name, measure, widened, trials }) => ({
      where: `${measure}, ${name}`,
      value: widened[1]! / trials / RATES[1],
    }));
  const kept = budget.map(({ measure, alarms, wanted }) => ({
    where: measure,
    value: alarms.reduce((sum, one) => sum + one, 0) / alarms.length / wanted,
  }));
  const found: readonly (readonly [id: string, finding: Finding | undefined])[] = [
    ['F1-most', highest(byCell(cells))],
    ['F1-least', lowest(byCell(smooth(cells)))],
    ['F2-most', highest(pooled(cells, 1))],
    ['F2-least', lowest(pooled(smooth(cells), 1))],
    ['F3-most', highest(byCell(even.filter(isOften)))],
    ['F3-least', lowest(byCell(smooth(even).filter(isOften)))],
    ['F3-rare-most', highest(byCell(even.filter((cell) => !isOften(cell))))],
    ['F4-month-most', highest(pooled(tail, 2))],
    ['F4-month-least', lowest(pooled(tail, 2))],
    ['F4-minutes-most', highest(pooled(tail, 3))],
    ['F4-minutes-least', lowest(pooled(tail, 3))],
    ['F5-most', highest(streams)],
    ['F5-least', lowest(streams)],
    ['F6-most', highest(kept)],
    ['F6-least', lowest(kept)],
    ['P1', lowest(fired(power, 0.5))],
    ['P2', highest(fired(power, 0.02))],
  ];
  return new Map(found.flatMap(([id, finding]) => (finding === undefined ? [] : [[id, finding] as const])));
}

/** Whether a baseline of 2 000 values has more than a few of every category. */
function isOften({ shape }: FalseAlarms): boolean {
  return !shape.endsWith('k 1000') && shape !== '90 % one, k 50';
}

function pool(all: readonly FalseAlarms[], rate: number): number {
  return all.reduce((sum, cell) => sum + cell.alarms[rate]!, 0);
}

function fired(power: readonly Power[], shift: number): Where[] {
  return power
    .filter((one) => one.shift === shift)
    .map(({ measure, byBoth, trials }) => ({ where: measure, value: (100 * byBoth) / trials }));
}

function highest(all: readonly Where[]): Finding | undefined {
  return all.toSorted((a, b) => b.value - a.value)[0];
}

function lowest(all: readonly Where[]): Finding | undefined {
  return all.toSorted((a, b) => a.value - b.value)[0];
}
