import { Worker } from 'node:worker_threads';
import { type Bench, type BenchOptions, type Outcome, WrongUse } from '../bench.ts';
import { budgetOf, judge } from '../budget.ts';
import { type BudgetAlarms, budgetAlarms } from './budget-alarms.ts';
import type { CellDone, CellWork } from './cells-worker.ts';
import { type Effort, FULL, QUICK } from './effort.ts';
import { type FalseAlarms, falseAlarms } from './false-alarms.ts';
import { findings } from './findings.ts';
import { type Measured, PARTS, type Part } from './measured.ts';
import { peerAlarms } from './peers.ts';
import { power } from './power.ts';
import { report } from './report.ts';
import { CATEGORIES, NUMBERS, SHAPES, type Shape } from './shapes.ts';
import { TRAFFIC } from './traffic.ts';
import { trafficAlarms } from './traffic-alarms.ts';

/** How often calibrated scores alarm while nothing drifts, against the rate asked for; and what they find. */
export const calibrationBench: Bench = { run };

/** Windows from this size on are left to a thread of their own. */
const LARGE = 10_000;

async function run(options: BenchOptions): Promise<Outcome> {
  const effort = options.quick ? QUICK : FULL;
  const measured = await measure(effort, options);
  const found = findings(measured);
  const lines = budgetOf('calibration').filter(({ id }) => options.only === null || found.has(id));
  const gates = lines.map((line) => judge(line, found.get(line.id)));
  return { gates, text: report(measured, gates), record: { effort, ...measured } };
}

async function measure(effort: Effort, { only, progress }: BenchOptions): Promise<Measured> {
  for (const name of only ?? []) {
    if (!(PARTS as readonly string[]).includes(name))
      throw new WrongUse(`unknown part '${name}'; there are: ${PARTS.join(', ')}`);
  }
  const isMeant = (name: Part) => only === null || only.includes(name);
  const part = <T>(name: Part, work: () => T[]): T[] => (isMeant(name) ? work() : []);
  const told = (what: string, shape: string, nLive: number, found: readonly FalseAlarms[]) => {
    const alarms = found.map((one) => `${one.measure} ${one.alarms.join('/')} of ${one.trials}`).join(', ');
    progress(`${what}: ${shape}, ${nLive} values: ${alarms}`);
  };
  const over = (sizes: CellWork, shapes: readonly Shape[], what: string) =>
    sizes.flatMap(({ nRef, nLive, trials }) =>
      shapes.flatMap((shape) => {
        const found = falseAlarms({ shape, nRef, nLive }, trials);
        told(what, shape.name, nLive, found);
        return found;
      }),
    );
  const large = isMeant('cells')
    ? inThread(
        effort.cells.filter(({ nLive }) => nLive >= LARGE),
        (done) => told('cells', done.shape, done.nLive, done.found),
      )
    : [];
  const here = {
    power: part('power', () => {
      progress('power');
      return [...power(0.5, 1000, effort.powerTrials.half), ...power(0.02, 1_000_000, effort.powerTrials.tiny)];
    }),
    traffic: part('traffic', () =>
      TRAFFIC.flatMap((traffic) => {
        progress(`traffic: ${traffic.name}`);
        return trafficAlarms(traffic, effort.trafficValues, effort.history);
      }),
    ),
    tail: part('tail', () =>
      over([{ nRef: 100_000, nLive: 1000, trials: effort.farTail }], NUMBERS.slice(0, 4), 'tail'),
    ),
    peers: part('peers', () =>
      effort.cells.flatMap(({ nRef, nLive }) =>
        SHAPES.flatMap((shape) => {
          progress(`peers: ${shape.name}, ${nLive} values`);
          return peerAlarms({ shape, nRef, nLive }, effort.peerTrials[nLive] ?? 0);
        }),
      ),
    ),
    even: part('even', () => over(effort.evenCells, [...NUMBERS, ...CATEGORIES], 'even sizes')),
    cells: part('cells', () =>
      over(
        effort.cells.filter(({ nLive }) => nLive < LARGE),
        SHAPES,
        'cells',
      ),
    ),
  };
  const budget: BudgetAlarms[] = [];
  for (const measure of isMeant('budget') ? (['psi', 'ks'] as const) : []) {
    progress(`budget: ${measure}`);
    budget.push(await budgetAlarms(measure, effort.budget));
  }
  return { ...here, budget, cells: [...here.cells, ...(await large)] };
}

/** All cells of some sizes, in a thread; told of each as it is done. */
function inThread(work: CellWork, told: (done: CellDone) => void): Promise<FalseAlarms[]> {
  return new Promise((resolve, reject) => {
    const all: FalseAlarms[] = [];
    const worker = new Worker(new URL('./cells-worker.ts', import.meta.url), { workerData: work });
    worker.on('message', (done: CellDone) => {
      all.push(...done.found);
      told(done);
    });
    worker.on('error', reject);
    worker.on('exit', () => resolve(all));
  });
}
