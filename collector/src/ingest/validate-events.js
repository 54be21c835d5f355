import { decodeEvent, decodeOutcome, LIMITS, WireError } from '@tidemark/proto';
import { checkTime } from './time-bounds.js';
// Refused events and outcomes cost no rows: the inferences are counted by their windows, whatever is kept of them beside.
/** Events that may be kept; each bad one is refused by its path. */
export function validateEvents(messages, bounds, attempt) {
  return validateEach('events', messages, attempt, (message, part, ordinal) => {
    const event = decodeEvent(message);
    checkTime('event', event.atMs, bounds);
    return { ...event, part, ordinal };
  });
}
/**
 * Outcomes that may be kept; each bad one is refused by its path. They may be about predictions of any age: what is held
 * against the bounds is when they became known.
 */
export function validateOutcomes(messages, bounds, attempt) {
  return validateEach('outcomes', messages, attempt, (message, part) => {
    const outcome = decodeOutcome(message);
    checkTime('outcome', outcome.atMs, bounds);
    return { ...outcome, part };
  });
}
function validateEach(list, messages, attempt, check) {
  if (messages.length === 0) return [];
  return messages.flatMap((message, i) =>
    attempt(`${list}[${i}]`, 0, () => {
      if (i >= LIMITS.maxEvents) {
        throw new WireError(
          'too_large',
          `${list}: expected at most ${LIMITS.maxEvents} of them, got ${messages.length}`,
        );
      }
      return check(message, `${list}[${i}]`, i);
    }),
  );
}
