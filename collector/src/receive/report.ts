import { create, fromBinary } from '@bufbuild/protobuf';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { BatchSchema, LIMITS, type Receipt, Receipt_Status, ReceiptSchema, WireError } from '@tidemark/proto';
import type { Access } from '../access/access.ts';
import type { Clock } from '../clock.ts';
import type { PartRefusal, ValidBatch } from '../ingest/batch.ts';
import type { BatchOutcome } from '../ingest/group-commit.ts';
import type { TimeBounds } from '../ingest/time-bounds.ts';
import { validate } from '../ingest/validate.ts';
import type { Logger } from '../log.ts';
import { Backlog, memoryOf } from './backlog.ts';
import { type Glance, glanceAt } from './glance.ts';
import type { ReceiveObserver } from './receive-observer.ts';
import { toRefusals } from './refusals.ts';
import { type SettingsSource, SettingsTeller } from './settings-teller.ts';

/** What receiving needs of the rest of the collector. */
export type ReportDesk = {
  readonly access: Access;
  readonly ingest: {
    take(batch: ValidBatch): Promise<BatchOutcome>;
    /** Why every batch is given back at present; null, or absent = they are taken. */
    readonly closedBecause?: string | null;
  };
  /** Of a project, by its number. */
  readonly bounds: (projectId: number) => TimeBounds;
  readonly settings: SettingsSource;
  /** The collector's own, by which agents tell their skew. */
  readonly clock: Clock;
  readonly log: Logger;
  readonly observer?: ReceiveObserver;
};

export type ReportStream = ServerDuplexStream<Buffer, Receipt>;

/** What a session shares with the others of its server. */
export type SessionOptions = {
  readonly backlog?: Backlog;
  /** Streams that are open, this one among them. */
  readonly streams?: () => number;
};

/**
 * A batch whose commit takes longer, in ms, is asked for again, though it may well be kept: agents wait 10 s for a receipt and
 * then take the line for dead. Sent again, it waits with the first, or is found to be a duplicate.
 */
export const ANSWER_WITHIN_MS = 7_000;

/** What came of a batch, and what it was; null = nobody read it: it was given back, or waited with the same one. */
type Taken = { readonly outcome: BatchOutcome; readonly batch: ValidBatch | null };

/**
 * Serves one `Report` stream: batches in, receipts out, each after its commit. Reading pauses while
 * as many batches are under way as an agent may have unacknowledged, which bounds the memory of a stream.
 */
export class ReportSession {
  readonly #stream: ReportStream;
  readonly #desk: ReportDesk;
  readonly #log: Logger;
  readonly #backlog: Backlog;
  readonly #streams: () => number;
  /** Among the streams that come back; see Backlog. */
  readonly #place: number;
  readonly #projectId: number;
  readonly #teller: SettingsTeller;
  #underWay = 0;
  #ended = false;

  /** `projectId` is the project of whoever opened the stream. */
  constructor(
    stream: ReportStream,
    desk: ReportDesk,
    projectId: number,
    { backlog = new Backlog(), streams = () => 1 }: SessionOptions = {},
  ) {
    const { log } = desk;
    this.#stream = stream;
    this.#desk = desk;
    this.#log = log;
    this.#backlog = backlog;
    this.#streams = streams;
    this.#place = backlog.drawPlace();
    this.#projectId = projectId;
    this.#teller = new SettingsTeller(desk.settings);
    stream.on('data', (bytes: Buffer) => void this.#receive(bytes));
    stream.on('end', () => this.#endWhenDone());
    stream.on('drain', () => this.#readOn());
    stream.on('error', (error: Error) => log.debug({ peer: stream.getPeer(), reason: error.message }, 'stream broke'));
  }

  /** Takes no more batches; ends the stream when those under way have their receipts. */
  close(): void {
    this.#stream.pause();
    this.#endWhenDone();
  }

  /** Ends the stream with a status; what is under way is committed, but gets no receipt. */
  refuse(code: status, details: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stream.emit('error', { code, details });
  }

  async #receive(bytes: Buffer): Promise<void> {
    if (this.#ended) return;
    const startedAt = performance.now();
    let glance: Glance;
    try {
      glance = glanceAt(bytes);
    } catch (error) {
      this.#refuseMalformed(error);
      return;
    }
    this.#underWay += 1;
    if (this.#underWay >= LIMITS.maxUnacknowledged) this.#stream.pause();
    const taken = await this.#take(bytes, glance);
    if (taken !== undefined) {
      const { outcome, batch } = taken;
      this.#stream.write(this.#complete(batch, this.#receiptOf(glance, outcome)));
      this.#desk.observer?.answered(batch, outcome, bytes.length, performance.now() - startedAt);
    }
    this.#underWay -= 1;
    if (this.#ended) this.#endWhenDone();
    else this.#readOn();
  }

  /**
   * While the commits of all streams lag behind, what comes is given back instead of kept; nothing but its name is read then.
   * undefined = it was no batch, and the stream is refused.
   */
  async #take(bytes: Buffer, glance: Glance): Promise<Taken | undefined> {
    const closed = this.#desk.ingest.closedBecause ?? null;
    if (closed !== null) return { outcome: retry(closed), batch: null };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<BatchOutcome>((resolve) => {
      timer = setTimeout(() => resolve(retry(`no commit within ${ANSWER_WITHIN_MS} ms`)), ANSWER_WITHIN_MS);
    });
    let batch: ValidBatch | null = null;
    const name = { projectId: this.#projectId, source: glance.source, sequence: glance.sequence };
    const held = this.#backlog.hold(name, memoryOf(bytes.length, glance.parts), () => {
      batch = this.#parse(bytes);
      return this.#desk.ingest.take(batch);
    });
    try {
      const outcome = await Promise.race([held, late]).finally(() => clearTimeout(timer));
      return { outcome: outcome ?? retry('too much waits for the store'), batch };
    } catch (error) {
      this.#refuseMalformed(error);
      return undefined;
    }
  }

  /** Reads the next batch, unless as many as may be are under way, or the agent does not read its receipts. */
  #readOn(): void {
    if (this.#ended || this.#underWay >= LIMITS.maxUnacknowledged) return;
    if (this.#stream.writableNeedDrain) this.#stream.pause();
    else this.#stream.resume();
  }

  #parse(bytes: Buffer): ValidBatch {
    const message = fromBinary(BatchSchema, bytes, { readUnknownFields: false });
    return validate(message, this.#desk.bounds(this.#projectId), this.#projectId);
  }

  /** A batch without an identity cannot be answered, so the stream is refused instead. */
  #refuseMalformed(error: unknown): void {
    const reason = error instanceof WireError ? error.message : 'the bytes are not a tidemark.v1.Batch';
    this.#log.warn({ peer: this.#stream.getPeer(), reason }, 'refused a message');
    this.#desk.observer?.malformed();
    this.refuse(status.INVALID_ARGUMENT, `malformed: ${reason}`);
  }

  #receiptOf(batch: Glance, outcome: BatchOutcome): Receipt {
    const sequence = BigInt(batch.sequence);
    switch (outcome.kind) {
      case 'accepted':
        if (outcome.refusals.length > 0) this.#logRefusals(batch, outcome.refusals);
        return create(ReceiptSchema, {
          sequence,
          status: Receipt_Status.ACCEPTED,
          slowDownMs: this.#backlog.pauseMs(this.#streams(), this.#place),
          refusals: toRefusals(outcome.refusals),
        });
      case 'duplicate':
        return create(ReceiptSchema, {
          sequence,
          status: Receipt_Status.DUPLICATE,
          refusals: toRefusals(outcome.refusals),
        });
      case 'refused': {
        const { message } = outcome.cause;
        const refusal = { part: '', code: 'malformed', message: `the store refuses it: ${message}`, rows: 0 };
        this.#logRefusals(batch, [refusal]);
        return create(ReceiptSchema, { sequence, status: Receipt_Status.REFUSED, refusals: toRefusals([refusal]) });
      }
      case 'retry':
        // What ails the store is said once, by whoever watches it; of each batch only who looks closely wants to know.
        this.#log.debug({ source: batch.source, sequence: batch.sequence, reason: outcome.cause.message }, 'not kept');
        return create(ReceiptSchema, {
          sequence,
          status: Receipt_Status.RETRY,
          slowDownMs: this.#backlog.retryMs(this.#streams(), this.#place),
        });
    }
  }

  /** What every receipt says, whatever came of its batch. */
  #complete(batch: ValidBatch | null, receipt: Receipt): Receipt {
    receipt.answeredAtUnixMs = BigInt(Math.round(this.#desk.clock.now()));
    // What was not read is sent again, or has been read when it came first.
    const settings = batch === null ? undefined : this.#teller.answer(batch);
    if (settings !== undefined) receipt.settings = settings;
    return receipt;
  }

  #logRefusals(batch: Glance, refusals: readonly PartRefusal[]): void {
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

function retry(reason: string): BatchOutcome {
  return { kind: 'retry', cause: new Error(reason) };
}
