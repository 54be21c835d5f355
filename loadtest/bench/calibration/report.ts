import type { Gate } from '../budget.ts';
import { figures, gateTable, textTable } from '../text-table.ts';
import { type FalseAlarms, RATES } from './false-alarms.ts';
import type { Measured } from './measured.ts';

const TIMES = ['5 %', '1 %', '1/720', '1/8640'];

/** The tables for people: alarms as multiples of the rate that was asked for. */
export function report({ cells, even, tail, traffic, power, peers, budget }: Measured, gates: readonly Gate[]): string {
  const parts: string[] = [];
  const section = (title: string, header: readonly string[], rows: readonly (readonly string[])[]) => {
    if (rows.length > 0) parts.push(`${title}\n\n${textTable(header, rows)}`);
  };
  const header = ['shape', 'score', 'baseline', 'live', 'trials', ...TIMES, ''];
  section('False alarms over the rate asked for, nothing drifting', header, cells.map(cellRow));
  section('The same where the baseline is hardly larger than the window', header, even.map(cellRow));
  section('The same far out', header, tail.map(cellRow));
  section(
    'False alarms over the rate on traffic that is no independent draws: independent null | widened null',
    ['traffic', 'score', 'trials', ...TIMES.map((time) => `${time} ind.`), ...TIMES.map((time) => `${time} wid.`)],
    traffic.map(({ traffic: name, measure, trials, independent, widened }) => [
      name,
      measure,
      String(trials),
      ...independent.map((alarms, i) => times(alarms, trials, i)),
      ...widened.map((alarms, i) => times(alarms, trials, i)),
    ]),
  );
  section(
    'Shifts found, % of windows, judged by the hour with one false alarm a month allowed',
    ['score', 'shift', 'live', 'budget alone', 'with an effect floor'],
    power.map(({ measure, shift, nLive, trials, byBudget, byBoth }) => [
      measure,
      String(shift),
      String(nLive),
      figures((100 * byBudget) / trials),
      figures((100 * byBoth) / trials),
    ]),
  );
  section(
    'Hours with an alarm under one budget for all fields of a model, nothing drifting',
    ['score', 'wanted of each', 'by baseline'],
    budget.map(({ measure, wanted, alarms }) => [measure, figures(wanted), alarms.join(', ')]),
  );
  const products = [...new Set(peers.map(({ peer }) => peer))];
  const places = [...new Set(peers.map(({ shape, nLive }) => `${shape}|${nLive}`))];
  section(
    'False alarms of published defaults, % of windows, nothing drifting',
    ['shape', 'live', ...products],
    places.map((place) => {
      const there = peers.filter(({ shape, nLive }) => `${shape}|${nLive}` === place);
      return [...place.split('|'), ...there.map(({ alarms, trials }) => figures((100 * alarms) / trials))];
    }),
  );
  return [...parts, gateTable(gates)].join('\n\n');
}

function cellRow({ shape, measure, nRef, nLive, trials, alarms, isConstant, isCoarse }: FalseAlarms): string[] {
  const note = isConstant ? 'score never changes' : isCoarse ? 'few possible scores' : '';
  return [
    shape,
    measure,
    String(nRef),
    String(nLive),
    String(trials),
    ...alarms.map((count, i) => times(count, trials, i)),
    note,
  ];
}

function times(alarms: number, trials: number, rate: number): string {
  return figures(alarms / trials / RATES[rate]!);
}
