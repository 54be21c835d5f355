import { type Receipt, Receipt_Status as Status } from '@tidemark/proto';
import type { LossReason } from '../losses.ts';
import type { Owner } from './delta.ts';
import type { SealedBatch } from './sealer.ts';

/** What a receipt says of a batch: kept as far as `lost` allows, to be sent again, or something unknown. */
export type Settlement =
  | {
      readonly kind: 'settled';
      readonly sentRows: number;
      readonly lost: readonly RefusedPart[];
      readonly kept: boolean;
      readonly describeAgain: boolean;
    }
  | { readonly kind: 'again' };

/** Inferences that were refused, or refused in part. */
export type RefusedPart = {
  readonly owner: Owner;
  readonly reason: Extract<LossReason, 'refused' | 'summary-refused'>;
  readonly count: number;
};

const WINDOW = /^windows\[(\d+)\]$/;
const SUMMARY = /^windows\[(\d+)\]\.summaries\[\d+\]/;

/**
 * Reads a receipt. Counts come from our own batch: a refused window loses all its rows, a refused series (or a part
 * named in some other way) loses none of them. An unknown status is sent again, as the wire promises.
 */
export function settle(batch: SealedBatch, receipt: Receipt): Settlement {
  const describeAgain = receipt.refusals.some(({ code }) => code === 'unknown_model_version');
  switch (receipt.status) {
    case Status.REFUSED:
      return { kind: 'settled', sentRows: 0, lost: allOf(batch), kept: false, describeAgain };
    case Status.ACCEPTED:
    case Status.DUPLICATE: {
      const lost = refusedParts(batch, receipt);
      const sentRows =
        sum(batch.windows) -
        sum(lost.filter(({ reason }) => reason === 'refused').map(({ count }) => ({ rows: count })));
      return { kind: 'settled', sentRows, lost, kept: true, describeAgain };
    }
    default:
      return { kind: 'again' };
  }
}

/** Every window of a batch as refused. */
export function allOf(batch: SealedBatch): RefusedPart[] {
  return batch.windows.map(({ owner, rows }) => ({ owner, reason: 'refused', count: rows }));
}

function refusedParts(batch: SealedBatch, receipt: Receipt): RefusedPart[] {
  const whole = new Set<number>();
  const lost: RefusedPart[] = [];
  for (const { part, rows } of receipt.refusals) {
    const window = batch.windows[Number(WINDOW.exec(part)?.[1] ?? Number.NaN)];
    if (window !== undefined) whole.add(batch.windows.indexOf(window));
    const ofSummary = batch.windows[Number(SUMMARY.exec(part)?.[1] ?? Number.NaN)];
    if (ofSummary !== undefined)
      lost.push({
        owner: ofSummary.owner,
        reason: 'summary-refused',
        count: Number(rows) || Math.max(1, ofSummary.rows),
      });
  }
  for (const index of whole) {
    const window = batch.windows[index];
    if (window !== undefined) lost.push({ owner: window.owner, reason: 'refused', count: window.rows });
  }
  return lost;
}

function sum(windows: readonly { readonly rows: number }[]): number {
  return windows.reduce((total, { rows }) => total + rows, 0);
}
