import { create, fromBinary } from '@bufbuild/protobuf';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import {
  type Batch,
  BatchSchema,
  LIMITS,
  type Receipt,
  Receipt_Status,
  ReceiptSchema,
  WireError,
} from '@tidemark/proto';
import type { PartRefusal, ValidBatch } from '../ingest/batch.ts';
import type { BatchOutcome } from '../ingest/group-commit.ts';
import { type TimeBounds, validate } from '../ingest/validate.ts';
import type { Logger } from '../log.ts';

/** What receiving needs of ingest. */
export type BatchTaker = { take(batch: ValidBatch): Promise<BatchOutcome> };

export type ReportStream = ServerDuplexStream<Buffer, Receipt>;

/** How long an agent is asked to wait when a commit failed: the database is away or slow. */
const RETRY_AFTER_MS = 2_000;

/**
 * Serves one `Report` stream: batches in, receipts out, each after its commit. Reading pauses while
 * as many batches are under way as an agent may have unacknowledged, which bounds the memory of a stream.
 */
export class ReportSession {
  readonly #stream: ReportStream;
  readonly #ingest: BatchTaker;
  readonly #bounds: () => TimeBounds;
  readonly #log: Logger;
  #underWay = 0;
  #ended = false;

  constructor(stream: ReportStream, ingest: BatchTaker, bounds: () => TimeBounds, log: Logger) {
    this.#stream = stream;
    this.#ingest = ingest;
    this.#bounds = bounds;
    this.#log = log;
    stream.on('data', (bytes: Buffer) => void this.#receive(bytes));
    stream.on('end', () => this.#endWhenDone());
    stream.on('error', (error: Error) => log.debug({ peer: stream.getPeer(), reason: error.message }, 'stream broke'));
  }

  /** Takes no more batches; ends the stream when those under way have their receipts. */
  close(): void {
    this.#stream.pause();
    this.#endWhenDone();
  }

  async #receive(bytes: Buffer): Promise<void> {
    if (this.#ended) return;
    const batch = this.#parse(bytes);
    if (batch === undefined) return;
    this.#underWay += 1;
    if (this.#underWay >= LIMITS.maxUnacknowledged) this.#stream.pause();
    const outcome = await this.#ingest.take(batch);
    this.#stream.write(this.#receiptOf(batch, outcome));
    this.#underWay -= 1;
    if (this.#ended) this.#endWhenDone();
    else this.#stream.resume();
  }

  /** Checks the bytes. A batch without an identity cannot be answered, so the stream is refused instead. */
  #parse(bytes: Buffer): ValidBatch | undefined {
    let message: Batch | undefined;
    try {
      message = fromBinary(BatchSchema, bytes);
      return validate(message, this.#bounds());
    } catch (error) {
      const reason = error instanceof WireError ? error.message : 'the bytes are not a tidemark.v1.Batch';
      this.#log.warn({ peer: this.#stream.getPeer(), reason }, 'refused a message');
      this.#ended = true;
      this.#stream.emit('error', { code: status.INVALID_ARGUMENT, details: `malformed: ${reason}` });
      return undefined;
    }
  }

  #receiptOf(batch: ValidBatch, outcome: BatchOutcome): Receipt {
    const sequence = BigInt(batch.sequence);
    switch (outcome.kind) {
      case 'accepted':
        if (outcome.refusals.length > 0) this.#logRefusals(batch, outcome.refusals);
        return create(ReceiptSchema, {
          sequence,
          status: Receipt_Status.ACCEPTED,
          refusals: outcome.refusals.map((refusal) => ({ ...refusal, rows: BigInt(refusal.rows) })),
        });
      case 'duplicate':
        return create(ReceiptSchema, { sequence, status: Receipt_Status.DUPLICATE });
      case 'retry':
        this.#log.warn(
          { source: batch.source, sequence: batch.sequence, reason: outcome.cause.message },
          'commit failed',
        );
        return create(ReceiptSchema, { sequence, status: Receipt_Status.RETRY, slowDownMs: RETRY_AFTER_MS });
    }
  }

  #logRefusals(batch: ValidBatch, refusals: readonly PartRefusal[]): void {
    const { part, code, message } = refusals[0] as PartRefusal;
    this.#log.warn(
      { source: batch.source, sequence: batch.sequence, refused: refusals.length, part, code, reason: message },
      'refused parts',
    );
  }

  #endWhenDone(): void {
    this.#ended = true;
    if (this.#underWay === 0) this.#stream.end();
  }
}
