import { LIMITS, type Receipt } from '@tidemark/proto';
import type { Loss, LossReason } from '../losses.ts';
import { shielded } from '../shield.ts';
import { Connection } from './connection.ts';
import type { Delta, Owner } from './delta.ts';
import { FlushWaiters } from './flush-waiters.ts';
import { InFlight } from './in-flight.ts';
import type { Outcome } from './outcome.ts';
import { DeltaQueue } from './queue.ts';
import { type LossSource, type SealedBatch, Sealer, type SealerOptions } from './sealer.ts';
import { allOf, type RefusedPart, settle } from './settle.ts';
import type { Transport } from './transport.ts';

/** Whether everything asked for was delivered, and how many inferences are not (yet). */
export type FlushResult = { readonly delivered: boolean; readonly pending: number };

/** Where the exporter counts what it cannot keep; see Losses. */
export type LossSink = LossSource & {
  add(owner: Owner, reason: LossReason, count: number): void;
  restore(losses: readonly Loss<Owner>[]): void;
};

export type ExporterOptions = {
  readonly transport: Transport;
  readonly losses: LossSink;
  readonly sealer: SealerOptions;
  /** Bytes that may wait, sealed or not. */
  readonly maxBytes: number;
  /** A number in [0, 1), for the jitter of retries. */
  readonly random: () => number;
  readonly say: (message: string) => void;
};

/** Queue, seal, send, settle: everything between a drained window and its receipt. */
export class Exporter<D extends Delta<D>> {
  readonly #options: ExporterOptions;
  readonly #queue = new DeltaQueue<D>();
  readonly #inFlight = new InFlight();
  readonly #sealer: Sealer<D>;
  readonly #connection: Connection;
  readonly #waiters = new FlushWaiters();
  #ticket = 0;
  /** Ticket of a flush that waits for losses to be told; Infinity when none does. */
  #lossTicket = Number.POSITIVE_INFINITY;
  #sentRows = 0;
  /** Windows given up so far: a flush that saw some go was not delivered. */
  #givenUp = 0;
  #pumping = false;
  #stopping: Promise<FlushResult> | undefined;
  #closed = false;
  #allDelivered = false;

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#sealer = new Sealer(this.#queue, options.losses, options.sealer);
    this.#connection = new Connection(options.transport, options.random, {
      opened: () => this.#sealer.forgetDescribed(),
      receipt: (receipt) => this.#settle(receipt),
      lost: (outcome) => this.#lost(outcome),
      resumed: () => this.send(),
    });
  }

  /** Inferences the collector has acknowledged. */
  get sentRows(): number {
    return this.#sentRows;
  }

  /** Inferences that wait for a receipt. */
  get pendingRows(): number {
    return this.#queue.rows + this.#sealer.rows + this.#inFlight.rows;
  }

  /** Estimated bytes that wait for a receipt. */
  get bytes(): number {
    return this.#queue.bytes + this.#sealer.bytes + this.#inFlight.bytes;
  }

  /** Takes a delta, which is the exporter's from now on; over budget, the oldest go. */
  push(delta: D): void {
    if (this.#closed) {
      this.#drop(delta.owner, 'stopped', delta.rows);
      return;
    }
    this.#queue.push(delta, ++this.#ticket);
    while (this.bytes > this.#options.maxBytes) {
      const oldest = this.#queue.shift();
      if (oldest === undefined) break;
      this.#drop(oldest.delta.owner, 'queue-full', oldest.delta.rows);
      this.#options.say('the queue is full, the oldest windows are dropped');
    }
  }

  /** Sends what may be sent, a batch a turn of the event loop, so that a long queue does not hold it up. */
  send(): void {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    setImmediate(this.#pump);
  }

  /** Sends what may be sent, losses included even where there is no window to go with them. */
  sendAll(): void {
    if (this.#options.losses.owed) this.#lossTicket = Math.min(this.#lossTicket, ++this.#ticket);
    this.send();
  }

  /** Resolves when all that was pushed before has its receipt, or after `timeoutMs`. */
  async flush({ timeoutMs }: { readonly timeoutMs: number }): Promise<FlushResult> {
    if (this.#closed) return { delivered: this.#allDelivered, pending: 0 };
    const before = this.#givenUp;
    this.#connection.hurry();
    this.sendAll();
    const ticket = this.#ticket;
    const answered = () => this.#oldestTicket() > ticket;
    await this.#waiters.until(() => this.#closed || answered(), timeoutMs);
    return { delivered: answered() && this.#givenUp === before, pending: this.pendingRows };
  }

  /** Flushes, closes, and counts what is left as lost. Safe at any time; every call gets the same answer. */
  stop(options: { readonly timeoutMs: number }): Promise<FlushResult> {
    this.#stopping ??= this.#stop(options);
    return this.#stopping;
  }

  async #stop(options: { readonly timeoutMs: number }): Promise<FlushResult> {
    const result = await this.flush(options);
    this.#closed = true;
    this.#connection.close();
    const left = [...this.#inFlight.clear().flatMap(({ windows }) => windows), ...this.#sealer.clear()];
    for (const { owner, rows } of left) this.#drop(owner, 'stopped', rows);
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#drop(next.delta.owner, 'stopped', next.delta.rows);
    }
    this.#allDelivered = result.delivered;
    this.#waiters.check();
    return result;
  }

  readonly #pump = shielded(
    () => {
      this.#pumping = false;
      if (this.#sendOne()) this.send();
    },
    (error) => {
      this.#options.say(`could not send: ${error instanceof Error ? error.message : typeof error}`);
      this.#connection.holdStill(RETRY_MS);
    },
  );

  /** Sends one batch; false when there is nothing to send now. */
  #sendOne(): boolean {
    if (this.#closed || this.#connection.waiting || this.#inFlight.describing) return false;
    const again = this.#inFlight.sendNext();
    if (again !== undefined) {
      this.#connection.open();
      this.#connection.write(again.bytes);
      return true;
    }
    if (this.#isFull() || !this.#hasWork()) return false;
    this.#connection.open();
    const sealed = this.#sealer.next(this.#lossTicket);
    this.#lossTicket = Number.POSITIVE_INFINITY;
    if (sealed === undefined) return false;
    this.#inFlight.add(sealed);
    return this.#sendOne();
  }

  /** Whether no more may be under way: what is sealed can neither merge nor be dropped. */
  #isFull(): boolean {
    const { size, bytes } = this.#inFlight;
    return size >= LIMITS.maxUnacknowledged || bytes > this.#options.maxBytes / 2;
  }

  #mayGoOn(): boolean {
    return this.#inFlight.size > 0 || this.#hasWork();
  }

  #hasWork(): boolean {
    return Math.min(this.#sealer.oldestTicket, this.#lossTicket) < Number.POSITIVE_INFINITY;
  }

  #settle(receipt: Receipt): void {
    if (receipt.slowDownMs > 0) this.#connection.holdStill(receipt.slowDownMs);
    const batch = this.#inFlight.find(receipt.sequence);
    if (batch !== undefined) {
      const settlement = settle(batch, receipt);
      if (settlement.kind === 'again') {
        this.#inFlight.resend(batch.sequence);
        if (receipt.slowDownMs === 0) this.#connection.holdStill(RETRY_MS);
      } else {
        this.#inFlight.remove(batch.sequence);
        this.#sentRows += settlement.sentRows;
        this.#count(settlement.lost, receipt);
        const undescribed = !settlement.kept && batch.describes;
        if (settlement.describeAgain || undescribed) this.#sealer.forgetDescribed();
        if (!settlement.kept) this.#tellAgain(batch);
      }
    }
    const more = this.#inFlight.anySent;
    this.#connection.expect(more);
    if (more || (this.#mayGoOn() && !this.#connection.waiting)) this.send();
    else this.#connection.rest();
    this.#waiters.check();
  }

  #lost(outcome: Exclude<Outcome, { kind: 'sent' }>): void {
    const guilty = outcome.kind === 'refused' ? this.#inFlight.firstSent() : undefined;
    this.#inFlight.resendAll();
    if (guilty !== undefined) {
      this.#inFlight.remove(guilty.sequence);
      this.#count(allOf(guilty));
      this.#tellAgain(guilty);
    }
    if (this.#inFlight.size > 0) this.#options.say(`collector away, will try again: ${outcome.cause.message}`);
    this.#waiters.check();
  }

  #count(lost: readonly RefusedPart[], receipt?: Receipt): void {
    for (const { owner, reason, count } of lost) this.#drop(owner, reason, count);
    const first = receipt?.refusals[0];
    if (first !== undefined)
      this.#options.say(`collector refused ${first.part || 'a batch'}: ${first.code}: ${first.message}`);
  }

  #drop(owner: Owner, reason: LossReason, rows: number): void {
    if (reason !== 'summary-refused') this.#givenUp++;
    this.#options.losses.add(owner, reason, rows);
  }

  /** Losses told by a batch that was refused; alone, they would be refused for ever. */
  #tellAgain(batch: SealedBatch): void {
    if (batch.windows.length > 0) this.#options.losses.restore(batch.losses);
  }

  #oldestTicket(): number {
    return Math.min(this.#sealer.oldestTicket, this.#inFlight.oldestTicket, this.#lossTicket);
  }
}

/** Before a batch the collector could not keep is sent again, when it names no time itself. */
const RETRY_MS = 1_000;
