import type { SealedBatch } from './sealer.ts';
import { rowsOf } from './settle.ts';

/** A sealed batch without a receipt. `sent` is whether it is on its way on the present stream, `sentAtMs` since when. */
type Flying = { readonly batch: SealedBatch; sent: boolean; sentAtMs: number };

/** Sealed batches in order of sequence, until each has its receipt. */
export class InFlight {
  readonly #flying = new Map<bigint, Flying>();

  get size(): number {
    return this.#flying.size;
  }

  get rows(): number {
    let rows = 0;
    for (const { batch } of this.#flying.values()) rows += rowsOf(batch);
    return rows;
  }

  get outcomes(): number {
    let outcomes = 0;
    for (const { batch } of this.#flying.values()) outcomes += batch.outcomes.length;
    return outcomes;
  }

  get bytes(): number {
    let bytes = 0;
    for (const { batch } of this.#flying.values()) bytes += batch.bytes.length;
    return bytes;
  }

  /** Oldest push among them; Infinity when there is none. */
  get oldestTicket(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { batch } of this.#flying.values()) oldest = Math.min(oldest, batch.ticket);
    return oldest;
  }

  /** Whether any is on its way. */
  get anySent(): boolean {
    return this.firstSent() !== undefined;
  }

  /** Whether one with descriptions is on its way: what follows would be refused if that one were not kept. */
  get describing(): boolean {
    for (const { sent, batch } of this.#flying.values()) if (sent && batch.described.length > 0) return true;
    return false;
  }

  add(batch: SealedBatch): void {
    this.#flying.set(batch.sequence, { batch, sent: false, sentAtMs: 0 });
  }

  /** The first that is not on its way, now marked as sent. @param nowMs by the wall clock. */
  sendNext(nowMs: number): SealedBatch | undefined {
    for (const flying of this.#flying.values()) {
      if (flying.sent) continue;
      flying.sent = true;
      flying.sentAtMs = nowMs;
      return flying.batch;
    }
    return undefined;
  }

  /** The one with this sequence, if it has no receipt yet. */
  find(sequence: bigint): SealedBatch | undefined {
    return this.#flying.get(sequence)?.batch;
  }

  /** When the one with this sequence was sent, if it is on its way. */
  sentAtMs(sequence: bigint): number | undefined {
    const flying = this.#flying.get(sequence);
    return flying?.sent ? flying.sentAtMs : undefined;
  }

  /** The first in order that is on its way. */
  firstSent(): SealedBatch | undefined {
    for (const { sent, batch } of this.#flying.values()) if (sent) return batch;
    return undefined;
  }

  /** It has its receipt, or is given up. */
  remove(sequence: bigint): void {
    this.#flying.delete(sequence);
  }

  /** The collector asks for this one again. */
  resend(sequence: bigint): void {
    const flying = this.#flying.get(sequence);
    if (flying !== undefined) flying.sent = false;
  }

  /** The stream is gone, and with it everything that was on its way. */
  resendAll(): void {
    for (const flying of this.#flying.values()) flying.sent = false;
  }

  /** Gives all up. */
  clear(): SealedBatch[] {
    const batches = [...this.#flying.values()].map(({ batch }) => batch);
    this.#flying.clear();
    return batches;
  }
}
