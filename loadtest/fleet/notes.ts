import { type Receipt, Receipt_Status as Status } from '@tidemark/proto';
import { Digest } from '@tidemark/sketch';

/** What a fleet lived through, of all its agents together. */
export class Notes {
  /** From writing a batch to its receipt, in ms; only of batches that were kept now. */
  readonly receiptMs = new Digest();
  accepted = 0;
  duplicates = 0;
  /** Receipts that asked to send again. */
  retries = 0;
  /** Receipts that asked to wait. */
  slowDowns = 0;
  reconnects = 0;
  sentBytes = 0;
  /** Refusals that no scenario means to provoke, the first few. */
  readonly surprises: string[] = [];

  /** @param sentAt when the batch was written, by `performance.now()`; null = it is not known. */
  receipt({ status, slowDownMs }: Receipt, sentAt: number | null): void {
    if (slowDownMs > 0) this.slowDowns += 1;
    if (status === Status.RETRY) this.retries += 1;
    else if (status === Status.DUPLICATE) this.duplicates += 1;
    else {
      this.accepted += 1;
      if (sentAt !== null) this.receiptMs.add(performance.now() - sentAt);
    }
  }

  surprise(what: string): void {
    if (this.surprises.length < 20) this.surprises.push(what);
  }

  /** How often agents were told to come again or to wait. */
  get told(): number {
    return this.retries + this.slowDowns;
  }
}
