import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import {
  BatchSchema,
  EventSchema,
  type NamedValue as NamedValueMessage,
  NamedValueSchema,
  OutcomeSchema,
  Stratum as StratumMessage,
  ViolationSchema,
} from '@tidemark/proto';
import { isTime } from '../clock.ts';
import type { InferenceEvent, NamedValue, OutcomeRecord, Stratum } from '../events/event.ts';

const STRATA = {
  sample: StratumMessage.SAMPLE,
  violation: StratumMessage.VIOLATION,
  'low-confidence': StratumMessage.LOW_CONFIDENCE,
  slow: StratumMessage.SLOW,
  error: StratumMessage.ERROR,
} as const satisfies Record<Stratum, StratumMessage>;

/**
 * An event as a field of a batch. Encoded bytes of a batch and of its further fields may simply be put after one
 * another (https://protobuf.dev/programming-guides/encoding/#last-one-wins), so that what waits is small and its size known.
 */
export function encodeEvent(event: InferenceEvent): Uint8Array {
  const message = create(EventSchema, {
    model: event.version.model,
    version: event.version.version,
    predictionId: event.predictionId.toWellFormed(),
    atUnixMs: toTime(event.atMs),
    stratum: STRATA[event.stratum],
    weight: event.weight,
    slice: event.slice.toWellFormed(),
    latencyMs: event.latencyMs,
    failed: event.failed,
    values: event.values.map(messageOf),
    violations: event.violations.map(({ check, stage, field, action }) =>
      create(ViolationSchema, { check, stage, field: field.toWellFormed(), action }),
    ),
    traceId: event.traceId,
    spanId: event.spanId,
  });
  return asField(BatchSchema.field.events.number, toBinary(EventSchema, message));
}

/** An outcome as a field of a batch. */
export function encodeOutcome({ version, predictionId, atMs, values }: OutcomeRecord): Uint8Array {
  const message = create(OutcomeSchema, {
    model: version.model,
    version: version.version,
    predictionId: predictionId.toWellFormed(),
    atUnixMs: toTime(atMs),
    values: values.map(messageOf),
  });
  return asField(BatchSchema.field.outcomes.number, toBinary(OutcomeSchema, message));
}

function asField(number: number, bytes: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(bytes).finish();
}

function toTime(ms: number): bigint {
  return BigInt(isTime(ms) ? Math.floor(ms) : 0);
}

function messageOf({ stage, field, value }: NamedValue): NamedValueMessage {
  return create(NamedValueSchema, { stage, field: field.toWellFormed(), value: oneOf(value) });
}

function oneOf(value: NamedValue['value']): NamedValueMessage['value'] {
  switch (typeof value) {
    case 'number':
      return { case: 'number', value };
    case 'string':
      return { case: 'text', value: value.toWellFormed() };
    case 'boolean':
      return { case: 'flag', value };
    default:
      return { case: undefined };
  }
}
