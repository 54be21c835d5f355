import { create, toBinary } from '@bufbuild/protobuf';
import { BatchSchema, EventSchema, NamedValueSchema, OutcomeSchema, Stratum, ViolationSchema } from '@tidemark/proto';
import type { InferenceEvent, NamedValue, OutcomeRecord } from '../../../agent/src/events/event.ts';

const STRATA = {
  sample: Stratum.SAMPLE,
  violation: Stratum.VIOLATION,
  'low-confidence': Stratum.LOW_CONFIDENCE,
  slow: Stratum.SLOW,
  error: Stratum.ERROR,
} as const;

/** What events and outcomes take in a batch on the wire. */
export function encodeEvents(events: readonly InferenceEvent[], outcomes: readonly OutcomeRecord[] = []): Uint8Array {
  return toBinary(
    BatchSchema,
    create(BatchSchema, {
      events: events.map(({ version, atMs, values, stratum, violations, ...same }) =>
        create(EventSchema, {
          ...same,
          ...version,
          atUnixMs: BigInt(atMs),
          stratum: STRATA[stratum],
          values: values.map(encodeValue),
          violations: violations.map((violation) => create(ViolationSchema, violation)),
        }),
      ),
      outcomes: outcomes.map(({ version, predictionId, atMs, values }) =>
        create(OutcomeSchema, { ...version, predictionId, atUnixMs: BigInt(atMs), values: values.map(encodeValue) }),
      ),
    }),
  );
}

function encodeValue({ stage, field, value }: NamedValue) {
  if (typeof value === 'number') return create(NamedValueSchema, { stage, field, value: { case: 'number', value } });
  if (typeof value === 'string') return create(NamedValueSchema, { stage, field, value: { case: 'text', value } });
  if (typeof value === 'boolean') return create(NamedValueSchema, { stage, field, value: { case: 'flag', value } });
  return create(NamedValueSchema, { stage, field });
}
