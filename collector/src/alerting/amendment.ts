import type { ResolveReason } from './alert.ts';
import type { HistoryEvent } from './history.ts';
import type { StoredAlert } from './judge-store.ts';
import { resolvedMessage } from './message.ts';
import type { AlertState } from './state.ts';

/** Said in the evidence of what people are told because late data came. */
export const AMENDED = 'amended: data came late and these ticks were judged again';

/** An alert after its ticks were judged again, the changes of its last life, and whom to tell of it. */
export type Reconciled = {
  readonly alert: StoredAlert;
  /** The number that the last life has now; its events had `formerEpisode`. */
  readonly episode: number;
  readonly formerEpisode: number;
  readonly notify: 'firing' | 'resolved' | null;
};

type OpenState = Extract<AlertState, { kind: 'firing' | 'recovering' }>;

/**
 * Brings what people were told (`stored`) together with what is true now (`amended`). Nobody is told of what is over: a life
 * that began and ended in the past only enters the history. What fires now and was not told is told; what was told as firing
 * and does not fire is told as resolved. A number that people know is never given to another life.
 */
export function reconcile(stored: StoredAlert | null, amended: StoredAlert | null, until: number): Reconciled | null {
  const before = stored === null || !isOpen(stored.state) ? null : { ...stored, state: stored.state };
  if (amended === null) return before === null ? null : withdrawn(before, before.state, until);
  const formerEpisode = amended.state.episode;
  const toldSoFar = stored?.state.episode ?? 0;
  if (!isOpen(amended.state)) {
    const episode = Math.max(formerEpisode, toldSoFar);
    const alert = numbered(amended, episode);
    if (before === null) return { alert, episode: formerEpisode, formerEpisode, notify: null };
    const message = before.message === null ? null : ended(before, amended.state, until);
    return { alert: { ...alert, message }, episode: formerEpisode, formerEpisode, notify: 'resolved' };
  }
  if (before !== null) {
    const alert = { ...numbered(amended, toldSoFar), message: before.message };
    return { alert, episode: toldSoFar, formerEpisode, notify: null };
  }
  const episode = formerEpisode > toldSoFar ? formerEpisode : toldSoFar + 1;
  const alert = numbered(amended, episode);
  const message = alert.message && { ...alert.message, episode, evidence: [...alert.message.evidence, AMENDED] };
  return { alert: { ...alert, message }, episode, formerEpisode, notify: 'firing' };
}

/**
 * The events with the numbers that reconciling gave their last lives. Where a life that goes on keeps the number that people
 * know it by, an earlier one that had it, of which nobody was told, takes the number the other would have had.
 */
export function renumbered<E extends HistoryEvent>(
  events: readonly E[],
  reconciled: ReadonlyMap<string, Reconciled>,
): E[] {
  return events.map((event) => {
    const known = reconciled.get(event.fingerprint);
    if (known === undefined || known.episode === known.formerEpisode) return event;
    const isEarlier = event.episode === known.episode && known.episode < known.formerEpisode;
    if (event.episode !== known.formerEpisode && !isEarlier) return event;
    const episode = isEarlier ? known.formerEpisode : known.episode;
    return { ...event, episode, message: event.message && { ...event.message, episode } };
  });
}

function isOpen(state: AlertState): state is OpenState {
  return state.kind === 'firing' || state.kind === 'recovering';
}

function numbered(alert: StoredAlert, episode: number): StoredAlert {
  return { ...alert, state: { ...alert.state, episode } };
}

/** An alert that people know of and that never was: resolved now. */
function withdrawn(stored: StoredAlert, state: OpenState, until: number): Reconciled {
  const { episode, health, activeAt, firedAt } = state;
  const reason: ResolveReason = 'cleared';
  const resolved: AlertState = {
    kind: 'resolved',
    episode,
    lastTick: until,
    health,
    activeAt,
    firedAt,
    resolvedAt: until,
    reason,
  };
  const alert = { ...stored, state: resolved, message: ended(stored, resolved, until) };
  return { alert, episode, formerEpisode: episode, notify: 'resolved' };
}

function ended(stored: StoredAlert, state: AlertState, until: number): StoredAlert['message'] {
  if (stored.message === null) return null;
  const isResolved = state.kind === 'resolved';
  const last = { ...stored.message, evidence: [...stored.message.evidence, AMENDED] };
  return resolvedMessage(last, isResolved ? state.resolvedAt : until, isResolved ? state.reason : 'cleared');
}
