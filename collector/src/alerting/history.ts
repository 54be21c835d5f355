import type { AlertMessage } from './alert.ts';
import type { TickRecord } from './judge-store.ts';
import type { AlertStateKind, TransitionReason } from './state.ts';

/** One change of one alert, as it is kept for good. */
export type HistoryEvent = {
  readonly fingerprint: string;
  readonly alertname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly episode: number;
  readonly from: AlertStateKind;
  readonly to: AlertStateKind;
  readonly reason: TransitionReason;
  /** The tick, ms. */
  readonly at: number;
  readonly value: number | null;
  /** What people were told with it; null where nobody was to be told anything. */
  readonly message: AlertMessage | null;
};

/** The changes that a tick brought, in the order in which they are stored. */
export function eventsOf({ changes }: TickRecord): HistoryEvent[] {
  return changes.flatMap(({ alert, transition }) => {
    if (transition === null) return [];
    const { fingerprint, alertname, labels, lastValue: value } = alert;
    const { from, to, reason, at, episode, notify } = transition;
    const message = notify === null ? null : alert.message;
    return [{ fingerprint, alertname, labels, episode, from, to, reason, at, value, message }];
  });
}

/** One life of an alert, from firing on. `resolvedAt` and `reason` are null where it had not ended by the end of the span. */
export type Episode = {
  readonly fingerprint: string;
  readonly alertname: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly episode: number;
  readonly firedAt: number;
  readonly resolvedAt: number | null;
  readonly reason: TransitionReason | null;
  /** The score at which it fired; null where it fired for lack of data or on errors. */
  readonly value: number | null;
};

/** The lives that events tell of, in the order in which they began; an end whose beginning lies before the events is left out. */
export function episodesOf(events: readonly HistoryEvent[]): Episode[] {
  const episodes = new Map<string, Episode>();
  for (const { fingerprint, alertname, labels, episode, from, to, reason, at, value } of events) {
    const key = `${fingerprint} ${episode}`;
    if (to === 'firing' && from !== 'recovering') {
      episodes.set(key, {
        fingerprint,
        alertname,
        labels,
        episode,
        firedAt: at,
        resolvedAt: null,
        reason: null,
        value,
      });
    } else if (to === 'resolved') {
      const begun = episodes.get(key);
      if (begun !== undefined) episodes.set(key, { ...begun, resolvedAt: at, reason });
    }
  }
  return [...episodes.values()];
}
