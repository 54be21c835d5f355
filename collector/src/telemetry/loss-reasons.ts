/**
 * Reasons for losses that agents tell. A name that is not in the list, of another agent than ours or of a newer one, is
 * `other`, so that nobody but this file decides how many series there are.
 */
export const LOSS_REASONS = [
  'queue-full',
  'refused',
  'stopped',
  'spool-full',
  'extractor-failed',
  'capture-failed',
  'field-limit',
  'field-name',
  'slice-limit',
  'slice-name',
  'kind-unknown',
  'tensor-unreadable',
  'result-unobservable',
  'check-failed',
  'check-late',
  'shadow-skipped',
  'shadow-failed',
  'event-field-failed',
  'event-field-omitted',
  'summary-refused',
  'event-budget',
  'event-refused',
  'outcome-budget',
  'outcome-refused',
  'other',
] as const;

type KnownReason = (typeof LOSS_REASONS)[number];

const KNOWN: ReadonlySet<string> = new Set(LOSS_REASONS);

/** The reason as a label. */
export function toLossReason(reason: string): KnownReason {
  return KNOWN.has(reason) ? (reason as KnownReason) : 'other';
}
