import { type Receipt, Receipt_Status as Status } from '@tidemark/proto';
import type { LossReason } from '../losses.ts';
import type { Owner } from './delta.ts';
import type { BatchContents } from './sealer.ts';

/** What a receipt says of a batch: kept as far as `lost` allows, to be sent again, or something unknown. */
export type Settlement =
  | {
      readonly kind: 'settled';
      readonly sentRows: number;
      readonly sentOutcomes: number;
      readonly lost: readonly RefusedPart[];
      readonly kept: boolean;
      readonly describeAgain: boolean;
    }
  | { readonly kind: 'again' };

/** Inferences that were refused, or refused in part. */
export type RefusedPart = {
  readonly owner: Owner;
  readonly reason: Extract<LossReason, 'refused' | 'summary-refused' | 'event-refused' | 'outcome-refused'>;
  readonly count: number;
};

const WINDOW = /^windows\[(\d+)\]$/;
const SUMMARY = /^windows\[(\d+)\]\.summaries\[\d+\]/;
// With a fault of one of its values, the whole of it is gone.
const EVENT = /^events\[(\d+)\]/;
const OUTCOME = /^outcomes\[(\d+)\]/;

/**
 * Reads a receipt. Counts come from our own batch: a refused window loses all its rows, a refused series (or a part
 * named in some other way) loses none of them. An unknown status is sent again, as the wire promises.
 */
export function settle(batch: BatchContents, receipt: Receipt): Settlement {
  const describeAgain = receipt.refusals.some(({ code }) => code === 'unknown_model_version');
  switch (receipt.status) {
    case Status.REFUSED:
      return { kind: 'settled', sentRows: 0, sentOutcomes: 0, lost: allOf(batch), kept: false, describeAgain };
    case Status.ACCEPTED:
    case Status.DUPLICATE: {
      const lost = refusedParts(batch, receipt);
      const sentRows = rowsOf(batch) - countOf(lost, 'refused');
      const sentOutcomes = batch.outcomes.length - countOf(lost, 'outcome-refused');
      return { kind: 'settled', sentRows, sentOutcomes, lost, kept: true, describeAgain };
    }
    default:
      return { kind: 'again' };
  }
}

/** Everything in a batch as refused. */
export function allOf(batch: BatchContents): RefusedPart[] {
  return [
    ...batch.windows.map(({ owner, rows }) => ({ owner, reason: 'refused', count: rows }) as const),
    ...batch.events.map((owner) => ({ owner, reason: 'event-refused', count: 1 }) as const),
    ...batch.outcomes.map((owner) => ({ owner, reason: 'outcome-refused', count: 1 }) as const),
  ];
}

/** Inferences in a batch. */
export function rowsOf({ windows }: BatchContents): number {
  return windows.reduce((total, { rows }) => total + rows, 0);
}

function refusedParts(batch: BatchContents, { refusals }: Receipt): RefusedPart[] {
  const lost: RefusedPart[] = [];
  for (const { part, rows } of refusals) {
    const window = batch.windows[Number(SUMMARY.exec(part)?.[1] ?? Number.NaN)];
    if (window === undefined) continue;
    const count = Number(rows) || Math.max(1, window.rows);
    lost.push({ owner: window.owner, reason: 'summary-refused', count });
  }
  for (const { owner, rows } of named(refusals, WINDOW, batch.windows))
    lost.push({ owner, reason: 'refused', count: rows });
  for (const owner of named(refusals, EVENT, batch.events)) lost.push({ owner, reason: 'event-refused', count: 1 });
  for (const owner of named(refusals, OUTCOME, batch.outcomes))
    lost.push({ owner, reason: 'outcome-refused', count: 1 });
  return lost;
}

/** Those of `items` that refusals name, each once however often it is named. */
function named<T>(refusals: Receipt['refusals'], pattern: RegExp, items: readonly T[]): T[] {
  const indices = new Set(refusals.map(({ part }) => Number(pattern.exec(part)?.[1] ?? Number.NaN)));
  return items.filter((_, index) => indices.has(index));
}

function countOf(lost: readonly RefusedPart[], wanted: RefusedPart['reason']): number {
  return lost.reduce((total, { reason, count }) => total + (reason === wanted ? count : 0), 0);
}
