import { toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  BatchSchema,
  EventSchema,
  OutcomeSchema,
  encodeEvent as toEventMessage,
  encodeOutcome as toOutcomeMessage,
} from '@tidemark/proto';
import { isTime } from '../clock.ts';
import type { InferenceEvent, NamedValue, OutcomeRecord } from '../events/event.ts';

/**
 * An event as a field of a batch. Encoded bytes of a batch and of its further fields may simply be put after one
 * another (https://protobuf.dev/programming-guides/encoding/#last-one-wins), so that what waits is small and its size known.
 */
export function encodeEvent(event: InferenceEvent): Uint8Array {
  const message = toEventMessage({
    ...event,
    predictionId: event.predictionId.toWellFormed(),
    atMs: timeOf(event),
    slice: event.slice.toWellFormed(),
    values: event.values.map(wellNamed),
    violations: event.violations.map(wellNamed),
  });
  return asField(BatchSchema.field.events.number, toBinary(EventSchema, message));
}

/** An outcome as a field of a batch. */
export function encodeOutcome(outcome: OutcomeRecord): Uint8Array {
  const message = toOutcomeMessage({
    ...outcome,
    predictionId: outcome.predictionId.toWellFormed(),
    atMs: timeOf(outcome),
    values: outcome.values.map(wellNamed),
  });
  return asField(BatchSchema.field.outcomes.number, toBinary(OutcomeSchema, message));
}

function asField(number: number, bytes: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(bytes).finish();
}

function timeOf({ atMs }: { readonly atMs: number }): number {
  return isTime(atMs) ? Math.floor(atMs) : 0;
}

function wellNamed<T extends Pick<NamedValue, 'field'>>(named: T): T {
  return { ...named, field: named.field.toWellFormed() };
}
