/**
 * What has a retention of its own: windows of a minute, an hour and a day, and events. What else is kept in time
 * (outcomes, scores, the history of alerts, what agents said of themselves) goes with the hours.
 */
export const KEPT = Object.freeze(['minutes', 'hours', 'days', 'events'] as const);
export type Kept = (typeof KEPT)[number];

/** The one word that may stand for a duration: nothing of it is ever deleted. */
export const FOREVER = 'forever';

/** How long each is kept, in ms of event time; Infinity = for ever. */
export type KeptFor = Readonly<Record<Kept, number>>;

/** A time (ms) for each. */
export type Bounds = Readonly<Record<Kept, number>>;

const DAY = 86_400_000;
/** No model has served before; without it the clock of a store without data, and `for ever`, would allow what no store can hold. */
const OLDEST = Date.UTC(1970, 0, 1);

/** Which retention windows of this width (ms) fall under. */
export function keptAs(widthMs: number): Exclude<Kept, 'events'> {
  if (widthMs < 3_600_000) return 'minutes';
  return widthMs < DAY ? 'hours' : 'days';
}

/** Before these times nothing is taken any more. */
export function acceptanceBounds(keptFor: KeptFor, now: number): Bounds {
  return mapKept((kept) => Math.max(now - keptFor[kept], OLDEST));
}

/**
 * Before these times everything may go: a day behind the bounds of acceptance and on whole days (UTC), so that a row
 * which is still taken, by a collector whose clock differs or after a commit that took its time, never lands in an hour
 * or a day whose other rows are gone.
 */
export function deletionBounds(keptFor: KeptFor, now: number): Bounds {
  return mapKept((kept) => Math.floor((now - keptFor[kept] - DAY) / DAY) * DAY);
}

/** The same with minutes and events kept for as long as the hours at the most. */
export function withinHours({ minutes, hours, days, events }: KeptFor): KeptFor {
  return Object.freeze({ minutes: Math.min(minutes, hours), hours, days, events: Math.min(events, hours) });
}

/** The longer one of each. */
export function longest(all: readonly KeptFor[]): KeptFor {
  return mapKept((kept) => Math.max(...all.map((one) => one[kept])));
}

function mapKept(of: (kept: Kept) => number): Record<Kept, number> {
  return { minutes: of('minutes'), hours: of('hours'), days: of('days'), events: of('events') };
}
