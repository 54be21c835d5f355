import type { InferenceEvent, OutcomeRecord } from '../../../agent/src/events/event.ts';
import { encodeEvent, encodeOutcome } from '../../../agent/src/export/encode-extra.ts';

/** What events and outcomes take in a batch on the wire. */
export function encodeEvents(events: readonly InferenceEvent[], outcomes: readonly OutcomeRecord[] = []): Uint8Array {
  return Buffer.concat([...events.map(encodeEvent), ...outcomes.map(encodeOutcome)]);
}
