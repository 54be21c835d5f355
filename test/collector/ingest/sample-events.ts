import { type Batch, encodeEvent, encodeOutcome, type PlainEvent, type PlainOutcome } from '@tidemark/proto';
import { makeBatch, T0, type TestWindow } from '../../support/batches.ts';

export const EVENT: PlainEvent = {
  version: { model: 'm', version: '1' },
  predictionId: 'p-1',
  atMs: T0,
  stratum: 'sample',
  weight: 2,
  slice: '',
  latencyMs: 1.5,
  failed: false,
  values: [
    { stage: 'feature', field: 'distance', value: 12.5 },
    { stage: 'feature', field: '__proto__', value: undefined },
    { stage: 'input', field: 'origin', value: 'A\u0000"\\L' },
    { stage: 'prediction', field: 'late', value: true },
  ],
  violations: [{ check: 'range', stage: 'feature', field: 'distance', action: 'annotate' }],
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
};

export const OUTCOME: PlainOutcome = {
  version: { model: 'm', version: '1' },
  predictionId: 'p-1',
  atMs: T0,
  values: [{ stage: 'outcome', field: 'delay', value: 12.5 }],
};

const WINDOW: TestWindow = { series: [{ values: [1] }] };

/** A batch with a window of model m, version 1, which it describes, and these beside it. */
export function batchWith(
  source: Uint8Array,
  sequence: number,
  {
    events = [],
    outcomes = [],
  }: { events?: readonly Partial<PlainEvent>[]; outcomes?: readonly Partial<PlainOutcome>[] },
): Batch {
  const batch = makeBatch(source, sequence, [WINDOW]);
  batch.events = events.map((event) => encodeEvent({ ...EVENT, ...event }));
  batch.outcomes = outcomes.map((outcome) => encodeOutcome({ ...OUTCOME, ...outcome }));
  return batch;
}
