import { formatDuration } from '../duration.ts';
import { type Episode, episodesOf, type HistoryEvent } from './history.ts';

/** One alert over the span: the lives it would have had, and those it had. */
export type OverlaidAlert = {
  readonly fingerprint: string;
  readonly alertname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly would: readonly Episode[];
  readonly did: readonly Episode[];
};

/** Lays what would have fired over what did, alert by alert, ordered by what fired first. */
export function overlay(would: readonly HistoryEvent[], did: readonly HistoryEvent[]): OverlaidAlert[] {
  const alerts = new Map<string, { would: Episode[]; did: Episode[] }>();
  const at = (fingerprint: string) => {
    const known = alerts.get(fingerprint) ?? { would: [], did: [] };
    alerts.set(fingerprint, known);
    return known;
  };
  for (const episode of episodesOf(would)) at(episode.fingerprint).would.push(episode);
  for (const episode of episodesOf(did)) at(episode.fingerprint).did.push(episode);
  const overlaid = [...alerts].map(([fingerprint, lives]): OverlaidAlert => {
    const { alertname, labels } = (lives.would[0] ?? lives.did[0])!;
    return { fingerprint, alertname, labels, ...lives };
  });
  const firstOf = (alert: OverlaidAlert) => Math.min(...[...alert.would, ...alert.did].map(({ firedAt }) => firedAt));
  return overlaid.sort((a, b) => firstOf(a) - firstOf(b));
}

/** The overlay for people: a block for each alert, a line for each life. */
export function overlayText(alerts: readonly OverlaidAlert[]): string {
  return alerts
    .map((alert) => {
      const lives = [
        ...alert.would.map((episode) => `  would  ${episodeText(episode)}`),
        ...alert.did.map((episode) => `  did    ${episodeText(episode)}`),
      ];
      return [`${alert.alertname} ${labelsText(alert.labels)}`, ...lives].join('\n');
    })
    .join('\n\n');
}

function episodeText({ firedAt, resolvedAt, reason, value }: Episode): string {
  const score = value === null ? '' : `  at ${Number(value.toPrecision(4))}`;
  const begin = timeText(firedAt);
  return resolvedAt === null
    ? `${begin} .. still firing${score}`
    : `${begin} .. ${timeText(resolvedAt)}  ${formatDuration(resolvedAt - firedAt)}, ${reason}${score}`;
}

/** The labels that tell one alert of a rule from another. */
function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .filter(([name]) => name !== 'alertname')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** A time to the second, in UTC. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
