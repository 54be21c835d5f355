import { LIMITS } from '@tidemark/proto';
import type { PartRefusal } from '../ingest/batch.ts';

/** Refusals named in one receipt: every event, outcome and summary that a batch of an agent may hold, and its windows. */
const MAX_NAMED = 2 * LIMITS.maxEvents + 2 * LIMITS.maxSummaries;
/** Of so many the messages are told whole; the others are alike, and a receipt has to stay below `LIMITS.maxBytes`. */
const MAX_TOLD = 1_024;
/** UTF-16 units of one message: what came may be quoted in it, and what came may be long. */
const MAX_MESSAGE = 500;

/** A refusal as a receipt carries it. */
export type ReceiptRefusal = Omit<PartRefusal, 'rows'> & { readonly rows: bigint };

/** Refusals small enough to be sent: the first by name, the others as one with the sum of their rows. */
export function toRefusals(refusals: readonly PartRefusal[]): ReceiptRefusal[] {
  const named = refusals.slice(0, MAX_NAMED).map(({ part, code, message, rows }, i) => ({
    part,
    code,
    message: i < MAX_TOLD ? message.slice(0, MAX_MESSAGE).toWellFormed() : '',
    rows: BigInt(rows),
  }));
  const others = refusals.slice(MAX_NAMED);
  if (others.length === 0) return named;
  const rows = others.reduce((sum, one) => sum + BigInt(one.rows), 0n);
  return [...named, { part: '', code: 'too_large', message: `${others.length} more parts were refused`, rows }];
}
