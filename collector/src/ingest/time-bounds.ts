import { WireError } from '@tidemark/proto';

/** What times of windows, events and outcomes are held against, all in ms since the epoch. */
export type TimeBounds = {
  /** What is before this is past its retention. */
  readonly oldest: number;
  /** What is after this lies in the future. */
  readonly newest: number;
};

/**
 * Holds a time against the bounds.
 * @throws {WireError} `in_the_future` or `too_old`.
 */
export function checkTime(what: string, time: number, { oldest, newest }: TimeBounds): void {
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
