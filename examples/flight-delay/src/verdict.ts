import { DAY } from './calendar.ts';
import type { Episode } from './collector-api.ts';
import { INCIDENTS, type Incident, RELEASES } from './incidents.ts';

/** How one incident was found. */
export type IncidentVerdict = {
  readonly incident: Incident;
  /** Alerts of it, in the order in which they fired; empty if it was missed. */
  readonly episodes: readonly Episode[];
};

/** An alert that belongs to no incident, with the real event that explains it, if there is one. */
export type OtherVerdict = { readonly episode: Episode; readonly explanation: string | null };

export type Verdict = { readonly incidents: readonly IncidentVerdict[]; readonly others: readonly OtherVerdict[] };

/** Something that really happened and can be seen in the flights themselves. */
export type RealEvent = { readonly from: number; readonly to: number; readonly what: string };

/**
 * Days on which the flights themselves are unusual; each figure is counted from the data, against the mean of the four same weekdays around it.
 */
export const REAL_EVENTS: readonly RealEvent[] = [
  { from: Date.UTC(2001, 1, 28), to: Date.UTC(2001, 2, 1), what: 'Seattle: 139 of 272 flights (earthquake)' },
  {
    from: Date.UTC(2001, 2, 5),
    to: Date.UTC(2001, 2, 7),
    what: 'New York LGA: 52 of 310 flights, Boston: 55 of 362 (blizzard)',
  },
  { from: Date.UTC(2001, 3, 11), to: Date.UTC(2001, 3, 12), what: 'Denver: 46 of 376 flights (snowstorm)' },
  { from: Date.UTC(2001, 4, 26), to: Date.UTC(2001, 4, 29), what: 'Memorial Day weekend: 0.86 of the usual flights' },
  { from: Date.UTC(2001, 5, 9), to: Date.UTC(2001, 5, 10), what: 'Houston: 27 of 283 flights (tropical storm)' },
  { from: Date.UTC(2001, 5, 14), to: Date.UTC(2001, 5, 16), what: 'over 30 % of all flights late' },
];

/** What an incident changes, as `stage/field`: an alert on anything else is not of it. */
const TOUCHED: Readonly<Record<string, (episode: Episode) => boolean>> = {
  kilometres: touches(['input/distance', 'feature/distance', 'prediction/delayed', 'confidence/value']),
  'origin-missing': touches([
    'input/origin',
    'feature/origin_delay',
    'feature/route_delay',
    'feature/slot_delay',
    'prediction/delayed',
    'confidence/value',
  ]),
  // The requests are right, so only what comes after them can show it, and only in the faulty version.
  'wrong-columns': ({ fired: { version, labels } }) =>
    version === RELEASES.find(({ columns }) => columns !== undefined)?.version && labels.stage !== 'input',
  // A day of which some hours are thinned out has another mix of hours.
  'tenth-of-traffic': ({ fired }) => fired.measure === 'rows_ratio' || fired.labels.field === 'hour',
};

/** Which alerts belong to which incident: they fired over a span that overlaps with it, on something it touches. */
export function judgeEpisodes(
  episodes: readonly Episode[],
  incidents: readonly Incident[] = INCIDENTS,
  events: readonly RealEvent[] = REAL_EVENTS,
): Verdict {
  const others = new Set(episodes);
  const verdicts = incidents.map((incident) => {
    const own = episodes.filter((episode) => overlaps(episode, incident) && TOUCHED[incident.id]?.(episode));
    for (const episode of own) others.delete(episode);
    return { incident, episodes: own };
  });
  const explained = [...others].map((episode) => ({
    episode,
    explanation: events.find((event) => overlaps(episode, event))?.what ?? null,
  }));
  return { incidents: verdicts, others: explained };
}

/** Time from the start of the incident to its first alert, in windows of a day. */
export function delayInWindows({ incident, episodes }: IncidentVerdict): number | null {
  const first = episodes[0];
  return first === undefined ? null : (first.fired.firedAt - incident.from) / DAY;
}

function overlaps({ fired }: Episode, span: { readonly from: number; readonly to: number }): boolean {
  return fired.spanFrom < span.to && fired.spanTo > span.from;
}

function touches(series: readonly string[]): (episode: Episode) => boolean {
  return ({ fired: { labels } }) => series.includes(`${labels.stage}/${labels.field}`);
}
