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
export declare function checkTime(what: string, time: number, { oldest, newest }: TimeBounds): void;
