import { type Event, type Outcome } from '@tidemark/proto';
import type { Attempt, ValidEvent, ValidOutcome } from './batch.ts';
import { type TimeBounds } from './time-bounds.ts';
/** Events that may be kept; each bad one is refused by its path. */
export declare function validateEvents(messages: readonly Event[], bounds: TimeBounds, attempt: Attempt): ValidEvent[];
/**
 * Outcomes that may be kept; each bad one is refused by its path. They may be about predictions of any age: what is held
 * against the bounds is when they became known.
 */
export declare function validateOutcomes(
  messages: readonly Outcome[],
  bounds: TimeBounds,
  attempt: Attempt,
): ValidOutcome[];
