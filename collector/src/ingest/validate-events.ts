import { decodeEvent, decodeOutcome, type Event, LIMITS, type Outcome, WireError } from '@tidemark/proto';
import type { Attempt, ValidEvent, ValidOutcome } from './batch.ts';
import { checkTime, type TimeBounds } from './time-bounds.ts';

// Refused events and outcomes cost no rows: the inferences are counted by their windows, whatever is kept of them beside.

/** Events that may be kept; each bad one is refused by its path. */
export function validateEvents(messages: readonly Event[], bounds: TimeBounds, attempt: Attempt): ValidEvent[] {
  return validateEach('events', messages, attempt, (message, part, ordinal) => {
    const event = decodeEvent(message);
    checkTime('event', event.atMs, 'events', bounds);
    return { ...event, part, ordinal };
  });
}

/**
 * Outcomes that may be kept; each bad one is refused by its path. They may be about predictions of any age: what is held
 * against the bounds is when they became known.
 */
export function validateOutcomes(messages: readonly Outcome[], bounds: TimeBounds, attempt: Attempt): ValidOutcome[] {
  return validateEach('outcomes', messages, attempt, (message, part) => {
    const outcome = decodeOutcome(message);
    checkTime('outcome', outcome.atMs, 'hours', bounds);
    return { ...outcome, part };
  });
}

function validateEach<M, T>(
  list: string,
  messages: readonly M[],
  attempt: Attempt,
  check: (message: M, part: string, ordinal: number) => T,
): T[] {
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
