import { WireError } from '@tidemark/proto';
/**
 * Holds a time against the bounds.
 * @throws {WireError} `in_the_future` or `too_old`.
 */
export function checkTime(what, time, { oldest, newest }) {
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
function isoTime(time) {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : String(time);
}
