import type { ResolveReason } from './alert.ts';

/** Whether the last findings could be judged. `since`: the tick of the first that could not; `inARow`: failures one after the other. */
export type Health =
  | { readonly kind: 'ok' }
  | { readonly kind: 'nodata'; readonly since: number }
  | { readonly kind: 'error'; readonly since: number; readonly inARow: number };

/** In every state. Ticks are event time, milliseconds since the epoch. */
type Always = {
  /** Lives begun so far; the running one has this number. */
  readonly episode: number;
  /** The last tick that was taken; earlier or equal ones change nothing. */
  readonly lastTick: number;
  readonly health: Health;
  /**
   * Whether fire held at the last judgements, newest last: `1` where it did, else `0`. Only for rules that count
   * occurrences, and no longer than they look back; ticks without a judgement leave nothing here.
   */
  readonly recent?: string;
};

/**
 * A clock that stands still while data lacks: what counts is `tick - since - frozenMs`.
 */
export type Clock = { readonly since: number; readonly frozenMs: number };

/** One alert's life, as plain JSON. Each state has what is true in it and nothing else. */
export type AlertState =
  | (Always & { readonly kind: 'inactive' })
  | (Always & { readonly kind: 'pending'; readonly clock: Clock; readonly activeAt: number })
  | (Always & { readonly kind: 'firing'; readonly activeAt: number; readonly firedAt: number })
  | (Always & {
      readonly kind: 'recovering';
      readonly clock: Clock;
      readonly activeAt: number;
      readonly firedAt: number;
    })
  | (Always & {
      readonly kind: 'resolved';
      readonly activeAt: number;
      readonly firedAt: number;
      readonly resolvedAt: number;
      readonly reason: ResolveReason;
    });

export type AlertStateKind = AlertState['kind'];

/** Why a state changed. */
export type TransitionReason =
  | 'condition_began'
  | 'condition_held'
  | 'condition_ended'
  | 'clear_began'
  | 'clear_ended'
  | 'forgotten'
  | ResolveReason;

/** A change of state at a tick. `notify` says what people are to be told of it, null for nothing. */
export type Transition = {
  readonly from: AlertStateKind;
  readonly to: AlertStateKind;
  readonly at: number;
  readonly episode: number;
  readonly reason: TransitionReason;
  readonly notify: 'firing' | 'resolved' | null;
};

/** The state of an alert that was never seen before. */
export const NEVER_SEEN: AlertState = { kind: 'inactive', episode: 0, lastTick: 0, health: { kind: 'ok' } };
