/** Milliseconds in an hour. */
export const HOUR = 3_600_000;
/** Milliseconds in a day. */
export const DAY = 24 * HOUR;
/** First instant of the flights and of the baseline month: 2001-01-01. */
export const BASELINE_FROM = Date.UTC(2001, 0, 1);
/** End (exclusive) of the baseline month and first served instant: 2001-02-01. */
export const REPLAY_FROM = Date.UTC(2001, 1, 1);
/** End (exclusive) of the served months: 2001-07-01. */
export const REPLAY_TO = Date.UTC(2001, 6, 1);
