/** What became of a send: kept, worth another try (perhaps after this long), or refused for good. */
export type Outcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'retry'; readonly afterMs?: number; readonly cause: Error }
  | { readonly kind: 'refused'; readonly cause: Error };

// What only a person can change (an address, a right) need not be asked for every second.
const PATIENT_MS = 60_000;

type Verdict = { readonly name: string; readonly kind: 'retry' | 'refused'; readonly afterMs?: number };

/**
 * How the stream's end is read, by gRPC status code
 * (https://github.com/grpc/grpc/blob/master/doc/statuscodes.md). OK with batches unanswered is a collector that shut
 * down in good order. What a person has to put right is retried slowly rather than refused: the queue is bounded,
 * and nothing is lost if it is put right in time.
 */
const VERDICTS: readonly Verdict[] = [
  { name: 'OK', kind: 'retry' },
  { name: 'CANCELLED', kind: 'retry' },
  { name: 'UNKNOWN', kind: 'retry' },
  { name: 'INVALID_ARGUMENT', kind: 'refused' },
  { name: 'DEADLINE_EXCEEDED', kind: 'retry' },
  { name: 'NOT_FOUND', kind: 'retry', afterMs: PATIENT_MS },
  { name: 'ALREADY_EXISTS', kind: 'refused' },
  { name: 'PERMISSION_DENIED', kind: 'retry', afterMs: PATIENT_MS },
  { name: 'RESOURCE_EXHAUSTED', kind: 'retry' },
  { name: 'FAILED_PRECONDITION', kind: 'refused' },
  { name: 'ABORTED', kind: 'retry' },
  { name: 'OUT_OF_RANGE', kind: 'refused' },
  { name: 'UNIMPLEMENTED', kind: 'retry', afterMs: PATIENT_MS },
  { name: 'INTERNAL', kind: 'retry' },
  { name: 'UNAVAILABLE', kind: 'retry' },
  { name: 'DATA_LOSS', kind: 'retry' },
  { name: 'UNAUTHENTICATED', kind: 'retry', afterMs: PATIENT_MS },
];

/** How a stream ended: a gRPC status code and its text. */
export type StreamStatus = { readonly code: number; readonly details: string };

/** What the end of a stream means for what was not answered on it. Codes that do not exist are retried. */
export function outcomeOfStatus({ code, details }: StreamStatus): Exclude<Outcome, { kind: 'sent' }> {
  const verdict = VERDICTS[code] ?? { name: `status ${code}`, kind: 'retry' };
  const cause = new Error(`${verdict.name}: ${details}`);
  // grpc-js says so when a message is over the receiver's limit: the same bytes will never fit.
  const tooLarge = verdict.name === 'RESOURCE_EXHAUSTED' && /larger than max/i.test(details);
  if (verdict.kind === 'refused' || tooLarge) return { kind: 'refused', cause };
  return { kind: 'retry', cause, ...(verdict.afterMs !== undefined && { afterMs: verdict.afterMs }) };
}
