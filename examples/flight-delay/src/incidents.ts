import { DAY } from './calendar.ts';
import type { FlightRequest } from './features.ts';
import { randomOf } from './seeded-random.ts';
import type { FeatureName } from './serve.ts';

/** Something that goes wrong on purpose while flights are served, on days that nothing in the data marks. */
export type Incident = {
  readonly id: string;
  readonly what: string;
  /** Half-open span [from, to), milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** What becomes of a request in the span; null: it is never sent. `random` is a number in [0, 1) that belongs to the flight. */
  readonly change: (request: FlightRequest, random: number) => FlightRequest | null;
};

const KILOMETRES_PER_MILE = 1.609344;
const MISSING_SHARE = 0.3;
const SENT_SHARE = 0.1;

/** The scripted incidents in the order of their start; spans do not overlap. */
export const INCIDENTS: readonly Incident[] = [
  {
    id: 'kilometres',
    what: 'a client sends distance in kilometres',
    ...days(Date.UTC(2001, 1, 20), 3),
    change: (request) => ({ ...request, distance: request.distance * KILOMETRES_PER_MILE }),
  },
  {
    id: 'origin-missing',
    what: `a client release loses the origin of ${MISSING_SHARE * 100} % of its requests`,
    ...days(Date.UTC(2001, 2, 20), 3),
    change: (request, random) => (random < MISSING_SHARE ? { ...request, origin: null } : request),
  },
  {
    id: 'wrong-columns',
    what: 'a new model version is fed its columns in the wrong order',
    ...days(Date.UTC(2001, 3, 17), 3),
    // The requests are right; the release that is live in this span feeds them wrongly (see RELEASES).
    change: (request) => request,
  },
  {
    id: 'tenth-of-traffic',
    what: `only ${SENT_SHARE * 100} % of the flights are asked about`,
    ...days(Date.UTC(2001, 4, 15), 1),
    change: (request, random) => (random < SENT_SHARE ? request : null),
  },
];

function days(from: number, count: number): { from: number; to: number } {
  return { from, to: from + count * DAY };
}

/** What is sent at the time of the request: the request, a changed one, or null for nothing. */
export function applyIncidents(
  request: FlightRequest,
  random: number,
  incidents: readonly Incident[] = INCIDENTS,
): FlightRequest | null {
  let sent: FlightRequest | null = request;
  for (const incident of incidents) {
    if (request.date < incident.from || request.date >= incident.to) continue;
    sent = incident.change(sent, random);
    if (sent === null) return null;
  }
  return sent;
}

/** A number in [0, 1) that belongs to flight `row`, whatever else was drawn before. */
export function randomOfFlight(row: number): number {
  return randomOf(RANDOM_SEED, row);
}

const RANDOM_SEED = 2001;

/** A deployment of the service: the model version it names and the order in which it feeds its columns. */
export type Release = {
  readonly version: string;
  /** Live from this moment until the next release. */
  readonly from: number;
  /** Absent: the order the model wants. */
  readonly columns?: readonly FeatureName[];
};

/** The deployments in the order of their start. The second puts the history in front of the other columns; the third is put right. */
export const RELEASES: readonly [Release, ...Release[]] = [
  { version: '1', from: 0 },
  {
    version: '2',
    from: Date.UTC(2001, 3, 17),
    columns: ['route_delay', 'origin_delay', 'destination_delay', 'slot_delay', 'distance', 'hour'],
  },
  { version: '3', from: Date.UTC(2001, 3, 20) },
];

/** The release that is live at `time`. */
export function releaseAt(time: number, releases: readonly [Release, ...Release[]] = RELEASES): Release {
  let live = releases[0];
  for (const release of releases) if (release.from <= time) live = release;
  return live;
}
