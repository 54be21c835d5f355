import { WireError } from '@tidemark/proto';
import type { Bounds, Kept } from '../kept-for.ts';

/** What times of windows, events and outcomes are held against, all in ms since the epoch. */
export type TimeBounds = {
  /** What is before these is past its retention. */
  readonly oldest: Bounds;
  /** What is after this lies in the future. */
  readonly newest: number;
};

/**
 * Holds the time of something that is kept for as long as `kept` says against the bounds.
 * @throws {WireError} `in_the_future` or `too_old`.
 */
export function checkTime(what: string, time: number, kept: Kept, bounds: TimeBounds): void {
  const { newest } = bounds;
  const oldest = bounds.oldest[kept];
  if (time > newest) {
    throw new WireError(
      'in_the_future',
      `${what} ${isoTime(time)} lies after ${isoTime(newest)}; is the agent's clock right?`,
    );
  }
  if (time < oldest) {
    throw new WireError('too_old', `${what} ${isoTime(time)} lies before ${isoTime(oldest)}, where retention ends`);
  }
}

function isoTime(time: number): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : String(time);
}
