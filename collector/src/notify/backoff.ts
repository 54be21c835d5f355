import type { AlertMessage } from '../alerting/alert.ts';

/** How patience grows. Times in ms. */
export type Backoff = {
  /** Ceiling of the wait after the first attempt; doubles with each further one. */
  readonly firstMs: number;
  /** The ceiling grows no further than this. */
  readonly capMs: number;
  /** No wait is shorter, so that a run of small draws does not hammer. */
  readonly floorMs: number;
};

/**
 * From seconds to minutes, as PagerDuty and Standard Webhooks suggest; the cap is the longest that
 * a page may come late once its receiver is back.
 */
export const DEFAULT_BACKOFF: Backoff = Object.freeze({ firstMs: 5_000, capMs: 300_000, floorMs: 500 });

const HOUR_MS = 3_600_000;

/** After this age a firing that could not be delivered is not news any more. */
export const FIRING_GIVE_UP_MS = 24 * HOUR_MS;

/** A resolve that is lost leaves an incident open until somebody closes it by hand. */
export const RESOLVED_GIVE_UP_MS = 72 * HOUR_MS;

/**
 * Wait (ms) after attempt `attempt`, counted from 1: "full jitter", evenly drawn below an
 * exponential ceiling (M. Brooker, "Exponential Backoff and Jitter", 2015). `random` is in [0, 1).
 */
export function backoffMs(
  attempt: number,
  random: number,
  { firstMs, capMs, floorMs }: Backoff = DEFAULT_BACKOFF,
): number {
  const ceiling = Math.min(capMs, firstMs * 2 ** (Math.max(1, attempt) - 1));
  return Math.round(Math.max(floorMs, random * ceiling));
}

/**
 * Whether a delivery that has just failed is given up. Asked only after an attempt, so nothing is
 * given up untried. A resolve is written after its trigger and is given longer, so it is never
 * given up before its trigger.
 */
export function isGivenUp(kind: AlertMessage['kind'], createdAt: number, now: number): boolean {
  return now - createdAt >= (kind === 'firing' ? FIRING_GIVE_UP_MS : RESOLVED_GIVE_UP_MS);
}
