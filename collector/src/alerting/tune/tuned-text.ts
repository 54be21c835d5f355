import { formatDuration } from '../../duration.ts';
import { thresholdText, writtenFiring } from '../../rules/threshold-text.ts';
import { timeText } from '../overlay.ts';
import type { TriedThreshold } from './tried-threshold.ts';
import type { Tuned } from './tune.ts';

const BAR = 30;
const MONTH_MS = 30 * 86_400_000;

/** What tuning came to, for people: a line for each threshold with its alarms as a curve of bars, then what to take. */
export function tunedText({ history, tried, current, chosen, why }: Tuned): string {
  const { rule, series, ticks, since, until } = history;
  const most = Math.max(1, ...tried.map(({ alarms }) => alarms.length));
  const hasIncidents = current.agreement !== null;
  const head = [
    'threshold',
    'alarms',
    'a month',
    ...(hasIncidents ? ['precision', 'recall', 'false', 'delay'] : []),
    '',
  ];
  const rows = tried.map((one) => [
    one.fire.text,
    String(one.alarms.length),
    ((one.alarms.length * MONTH_MS) / (until - since)).toFixed(1),
    ...(hasIncidents ? agreementCells(one) : []),
    `${'#'.repeat(Math.round((one.alarms.length / most) * BAR))}${noteOn(one, current, chosen)}`,
  ]);
  const span = `${timeText(since)} .. ${timeText(until)}`;
  const title = `${rule.alert}: ${series.length} series at ${ticks} ticks, ${span}`;
  const now = `now: fire ${thresholdText(rule)}, ${alarmsText(current)}`;
  const then =
    chosen === null
      ? `none of them keeps to it: ${why}; the least sensitive, ${tried.at(-1)!.fire.text}, gives ${alarmsText(tried.at(-1)!)}`
      : `take ${writtenFiring({ ...chosen, budget: rule.budget })}, ${alarmsText(chosen)}: ${why}`;
  return [title, '', ...columns(head, rows), '', now, then].join('\n');
}

function agreementCells({ agreement }: TriedThreshold): string[] {
  if (agreement === null) return [];
  const { precision, recall, falseAlarms, delayMs } = agreement;
  return [
    precision === null ? '-' : precision.toFixed(2),
    recall.toFixed(2),
    String(falseAlarms),
    delayMs === null ? '-' : formatDuration(delayMs),
  ];
}

function noteOn(one: TriedThreshold, current: TriedThreshold, chosen: TriedThreshold | null): string {
  const notes = [...(one === chosen ? ['take'] : []), ...(one.fire.bound === current.fire.bound ? ['now'] : [])];
  return notes.length === 0 ? '' : ` <- ${notes.join(', ')}`;
}

function alarmsText({ alarms, agreement }: TriedThreshold): string {
  const count = `${alarms.length} ${alarms.length === 1 ? 'alarm' : 'alarms'}`;
  return agreement === null ? count : `${count}, ${agreement.falseAlarms} of them false`;
}

function columns(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, i) => (i === 0 || i === row.length - 1 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}
