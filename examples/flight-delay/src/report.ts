import type { Episode } from './collector-api.ts';
import { delayInWindows, type Verdict } from './verdict.ts';

/** The table of incidents and the list of everything else that fired. */
export function reportOf({ incidents, others }: Verdict): string {
  const rows = incidents.map((verdict) => {
    const { incident, episodes } = verdict;
    const delay = delayInWindows(verdict);
    const first = episodes[0];
    return [
      incident.id,
      `${day(incident.from)} .. ${day(incident.to)}`,
      first === undefined ? 'MISSED' : `${time(first.fired.firedAt)} ${nameOf(first)}`,
      delay === null ? '-' : delay.toFixed(2),
      first === undefined ? '-' : endOf(episodes),
      String(episodes.length),
    ];
  });
  const table = tableOf([
    ['incident', 'injected from..to', 'first alert', 'delay (1d windows)', 'resolved', 'alerts'],
    ...rows,
  ]);
  if (others.length === 0) return `${table}\n\nNo alert without an incident.`;
  const list = others.map(({ episode, explanation }) => {
    const { fired } = episode;
    return `  ${time(fired.firedAt)} ${nameOf(episode)} = ${fired.value.toFixed(3)}: ${explanation ?? 'FALSE'}`;
  });
  return `${table}\n\nAlerts without an incident:\n${list.join('\n')}`;
}

function nameOf({ fired: { alertname, labels, version } }: Episode): string {
  const what = labels.field === undefined ? '' : ` ${labels.stage}.${labels.field}`;
  return `${alertname}${what} (v${version})`;
}

/** When and why the last of these alerts ended. */
function endOf(episodes: readonly Episode[]): string {
  const ends = episodes.map(({ resolved }) => resolved);
  const last = ends.reduce((latest, end) =>
    (end?.resolvedAt ?? Infinity) > (latest?.resolvedAt ?? Infinity) ? end : latest,
  );
  return last?.resolvedAt == null ? 'still firing' : `${time(last.resolvedAt)} ${last.resolveReason}`;
}

/** Columns as wide as their widest cell. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = rows;
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)].join('\n');
}

export function time(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

function day(ms: number): string {
  return time(ms).slice(0, 10);
}
