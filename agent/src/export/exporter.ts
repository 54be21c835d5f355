import type { InferenceEvent, OutcomeRecord } from '../events/event.ts';
import { Accounts, type LossSink } from './accounts.ts';
import { BatchSender, type SenderOptions } from './batch-sender.ts';
import type { Delta, Owner } from './delta.ts';
import { Extras } from './extras.ts';
import { FlushWaiters } from './flush-waiters.ts';
import { DeltaQueue } from './queue.ts';
import { type SealedBatch, Sealer, type SealerOptions } from './sealer.ts';

/** Whether everything asked for was delivered, and how many inferences are not (yet). */
export type FlushResult = { readonly delivered: boolean; readonly pending: number };

/** How a flush waits: for so long, and (`untilFailure`) no longer than until the line fails. */
export type FlushWait = { readonly timeoutMs: number; readonly untilFailure?: boolean };

export type ExporterOptions = Omit<SenderOptions, 'now' | 'maxBytes'> & {
  readonly losses: LossSink;
  readonly sealer: SealerOptions;
  /** Bytes that may wait, sealed or not. */
  readonly maxBytes: number;
};

/** Events and outcomes may each take one part in so many of the memory for what waits. */
const EXTRAS_SHARE = 4;

/** Queue, seal, send, settle: everything between a drained window and its receipt. */
export class Exporter<D extends Delta<D>> {
  readonly #options: ExporterOptions;
  readonly #accounts: Accounts;
  readonly #queue = new DeltaQueue<D>();
  readonly #extras: Extras;
  readonly #sealer: Sealer<D>;
  readonly #sender: BatchSender;
  readonly #waiters = new FlushWaiters();
  #ticket = 0;
  /** Ticket of a flush that waits for losses to be told; Infinity when none does. */
  #lossTicket = Number.POSITIVE_INFINITY;
  #stopping: Promise<FlushResult> | undefined;
  #closed = false;
  #allDelivered = false;

  constructor(options: ExporterOptions) {
    this.#options = options;
    const { losses, sealer, maxBytes, spool } = options;
    const accounts = new Accounts(losses, options.say);
    this.#accounts = accounts;
    this.#extras = new Extras(maxBytes / EXTRAS_SHARE, (kind, owner) => accounts.drop(owner, `${kind}-budget`, 1));
    this.#sealer = new Sealer({ queue: this.#queue, extras: this.#extras, losses }, sealer);
    const changed = () => this.#waiters.check();
    const hasWork = () => Math.min(this.#sealer.oldestTicket, this.#lossTicket) < Number.POSITIVE_INFINITY;
    const source = {
      get hasWork() {
        return hasWork();
      },
      seal: () => this.#seal(),
      forgetDescribed: () => this.#sealer.forgetDescribed(),
      changed,
    };
    this.#sender = new BatchSender(source, accounts, { ...options, now: sealer.now, maxBytes: maxBytes / 2 });
    spool?.start(accounts, changed);
  }

  /** What became of inferences and outcomes. */
  get accounts(): Readonly<Accounts> {
    return this.#accounts;
  }

  /** What was sent and how the line is. */
  get line(): Pick<BatchSender, 'bytesSent' | 'skewMs' | 'failures'> {
    return this.#sender;
  }

  /** Inferences that wait for a receipt in memory. */
  get pendingRows(): number {
    return this.#queue.rows + this.#sealer.rows + this.#sender.inFlight.rows;
  }

  /** Outcomes that wait for a receipt in memory. */
  get pendingOutcomes(): number {
    return this.#extras.outcomes.size + this.#sender.inFlight.outcomes;
  }

  /** Estimated bytes that wait for a receipt. */
  get bytes(): number {
    return this.#queue.bytes + this.#extras.bytes + this.#sealer.bytes + this.#sender.inFlight.bytes;
  }

  /** Sealed batches without a receipt. */
  get batches(): number {
    return this.#sender.inFlight.size;
  }

  /** Takes a delta, which is the exporter's from now on; over budget, events go first, then the oldest windows. */
  push(delta: D): void {
    if (this.#closed) {
      this.#accounts.drop(delta.owner, 'stopped', delta.rows);
      return;
    }
    this.#queue.push(delta, ++this.#ticket);
    this.#makeRoom();
  }

  /** Takes sampled inferences; over budget, the oldest that wait are lost. They leave with the next batch. */
  pushEvents(events: readonly InferenceEvent<Owner>[]): void {
    if (this.#closed) for (const { version } of events) this.#accounts.drop(version, 'event-budget', 1);
    else this.#extras.pushEvents(events, ++this.#ticket);
    this.#makeRoom();
  }

  /** Takes outcomes; those that there is no room for are refused and counted. They leave with the next batch. */
  pushOutcomes(outcomes: readonly OutcomeRecord<Owner>[]): void {
    this.#accounts.givenOutcomes += outcomes.length;
    if (this.#closed) for (const { version } of outcomes) this.#accounts.drop(version, 'outcome-budget', 1);
    else this.#extras.pushOutcomes(outcomes, ++this.#ticket);
    this.#makeRoom();
  }

  /** Sends what may be sent. */
  send(): void {
    this.#sender.send();
  }

  /** Sends what may be sent, losses included even where there is no window to go with them. */
  sendAll(): void {
    if (this.#options.losses.owed) this.#lossTicket = Math.min(this.#lossTicket, ++this.#ticket);
    this.#sender.send();
  }

  /** Resolves when all that was pushed before has its receipt, or when waiting is over. */
  async flush({ timeoutMs, untilFailure = false }: FlushWait): Promise<FlushResult> {
    if (this.#closed) return { delivered: this.#allDelivered, pending: 0 };
    const { givenUp } = this.#accounts;
    const { failures } = this.#sender;
    this.#sender.hurry();
    this.#options.spool?.hurry();
    this.sendAll();
    const ticket = this.#ticket;
    const answered = () => this.#oldestTicket() > ticket;
    const failed = () => untilFailure && this.#sender.failures > failures;
    await this.#waiters.until(() => this.#closed || answered() || failed(), timeoutMs);
    const pending = this.pendingRows + (this.#options.spool?.rows ?? 0);
    return { delivered: answered() && this.#accounts.givenUp === givenUp, pending };
  }

  /** Gives up what is on its way for now, so that it does not keep the process alive. */
  letGo(): void {
    this.#sender.letGo();
    this.#options.spool?.letGo();
  }

  /**
   * Flushes, closes, and spools what is left or counts it as lost. Safe at any time; every call gets the same answer.
   */
  stop(options: FlushWait): Promise<FlushResult> {
    this.#stopping ??= this.#stop(options);
    return this.#stopping;
  }

  async #stop(options: FlushWait): Promise<FlushResult> {
    const result = await this.flush(options);
    if (this.#closed) return { delivered: false, pending: 0 };
    this.#giveAway((batch) => this.#options.spool?.take(batch) ?? false);
    this.#allDelivered = result.delivered;
    this.#waiters.check();
    await this.#options.spool?.stop();
    return result;
  }

  /** The process ends now: what has no receipt is written to the spool, or counted as lost, before this returns. */
  leave(): void {
    if (this.#closed) return;
    this.#giveAway((batch) => this.#options.spool?.takeNow(batch) ?? false);
    this.#waiters.check();
  }

  /** Closes, and hands everything that has no receipt to `take`; what it does not take is lost. */
  #giveAway(take: (batch: SealedBatch) => boolean): void {
    this.#closed = true;
    this.#sender.close();
    let taken = this.#options.spool !== undefined;
    const offer = (batch: SealedBatch) => {
      taken = take(batch);
      if (!taken) this.#accounts.giveUp(batch, 'stopped');
    };
    for (const batch of this.#sender.inFlight.clear()) offer(batch);
    // What is given up is a loss to be told with the next batch: it would go on for ever.
    for (let next = taken ? this.#seal() : undefined; next !== undefined; next = taken ? this.#seal() : undefined) {
      offer(next);
    }
    for (const { owner, rows } of this.#sealer.clear()) this.#accounts.drop(owner, 'stopped', rows);
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#accounts.drop(next.delta.owner, 'stopped', next.delta.rows);
    }
    this.#extras.clear();
  }

  #makeRoom(): void {
    while (this.bytes > this.#options.maxBytes) {
      if (this.#extras.dropEvent() || this.#spoolOldest()) continue;
      const oldest = this.#queue.shift();
      if (oldest === undefined) break;
      this.#accounts.drop(oldest.delta.owner, 'queue-full', oldest.delta.rows);
      this.#options.say('the queue is full, the oldest windows are dropped');
    }
  }

  /** Moves the oldest windows to the spool; false when it has no room now, or there is nothing to move. */
  #spoolOldest(): boolean {
    const { spool } = this.#options;
    if (!spool?.hasRoom || this.#queue.size === 0) return false;
    const batch = this.#seal();
    if (batch === undefined) return false;
    // What it describes does not reach the stream of those that follow.
    this.#sealer.forgetDescribed();
    if (!spool.take(batch)) this.#accounts.giveUp(batch, 'spool-full');
    return true;
  }

  #seal(): SealedBatch | undefined {
    const sealed = this.#sealer.next(this.#lossTicket);
    this.#lossTicket = Number.POSITIVE_INFINITY;
    return sealed;
  }

  #oldestTicket(): number {
    const spooled = this.#options.spool?.oldestTicket ?? Number.POSITIVE_INFINITY;
    return Math.min(this.#sealer.oldestTicket, this.#sender.inFlight.oldestTicket, this.#lossTicket, spooled);
  }
}
