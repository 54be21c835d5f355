import { LIMITS, type Receipt } from '@tidemark/proto';
import { shielded } from '../shield.ts';
import type { WorkTime } from '../work-time.ts';
import type { Accounts } from './accounts.ts';
import { clockSkewMs } from './clock-skew.ts';
import { Connection, RETRY_MS } from './connection.ts';
import { InFlight } from './in-flight.ts';
import type { Outcome } from './outcome.ts';
import type { SealedBatch } from './sealer.ts';
import type { SettingsInbox } from './settings-inbox.ts';
import { settle } from './settle.ts';
import type { Spool } from './spool.ts';
import type { Transport } from './transport.ts';

export type SenderOptions = {
  readonly transport: Transport;
  /** A number in [0, 1), for the jitter of retries. */
  readonly random: () => number;
  readonly say: (message: string) => void;
  /** The wall clock, in milliseconds since the epoch. */
  readonly now: () => number;
  readonly settings: SettingsInbox;
  readonly work: WorkTime;
  readonly spool?: Spool;
  /** Sealed bytes that may be under way. */
  readonly maxBytes: number;
};

/** Where batches come from. */
export interface BatchSource {
  readonly hasWork: boolean;
  seal(): SealedBatch | undefined;
  /** What was described before is not known any more. */
  forgetDescribed(): void;
  /** Something was answered, or cannot be answered now. */
  changed(): void;
}

/** Sends sealed batches over one stream, again where need be, until each has its receipt. */
export class BatchSender {
  readonly inFlight = new InFlight();
  readonly #options: SenderOptions;
  readonly #source: BatchSource;
  readonly #accounts: Accounts;
  readonly #connection: Connection;
  #bytesSent = 0;
  #skewMs = 0;
  #failures = 0;
  #pumping = false;
  #closed = false;

  constructor(source: BatchSource, accounts: Accounts, options: SenderOptions) {
    this.#source = source;
    this.#accounts = accounts;
    this.#options = options;
    this.#connection = new Connection(options.transport, options.random, {
      opened: () => source.forgetDescribed(),
      receipt: (receipt) => options.work.measure(() => this.#settle(receipt)),
      lost: (outcome) => this.#lost(outcome),
      resumed: () => this.send(),
    });
  }

  /** Bytes written to the collector, repeats included. */
  get bytesSent(): number {
    return this.#bytesSent;
  }

  /** Our clock less the collector's by the latest receipt, in milliseconds; 0 = unknown. */
  get skewMs(): number {
    return this.#skewMs;
  }

  /** How often the line has failed. */
  get failures(): number {
    return this.#failures;
  }

  /** Sends what may be sent, a batch a turn of the event loop, so that a long queue does not hold it up. */
  send(): void {
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    setImmediate(this.#pump);
  }

  /** Somebody waits: gives up a wait of our own. */
  hurry(): void {
    this.#connection.hurry();
  }

  /** Gives up what is on its way for now; see Connection. */
  letGo(): void {
    this.#connection.letGo();
  }

  /** Gives the line up for good; what is in flight stays there. */
  close(): void {
    this.#closed = true;
    this.#connection.close();
  }

  readonly #pump = shielded(
    () => {
      this.#pumping = false;
      if (this.#options.work.measure(() => this.#sendOne())) this.send();
    },
    (error) => {
      this.#options.say(`could not send: ${error instanceof Error ? error.message : typeof error}`);
      this.#connection.holdStill(RETRY_MS);
    },
  );

  /** Sends one batch; false when there is nothing to send now. */
  #sendOne(): boolean {
    if (this.#closed || this.#connection.waiting || this.inFlight.describing) return false;
    const again = this.inFlight.sendNext(this.#options.now());
    if (again !== undefined) {
      this.#connection.open();
      this.#connection.write(again.bytes);
      this.#bytesSent += again.bytes.length;
      return true;
    }
    if (this.#isFull() || !this.#source.hasWork) return false;
    this.#connection.open();
    const sealed = this.#source.seal();
    if (sealed === undefined) return false;
    this.#options.spool?.remember(sealed);
    this.inFlight.add(sealed);
    return this.#sendOne();
  }

  /** Whether no more may be under way: what is sealed can neither merge nor be dropped. */
  #isFull(): boolean {
    return this.inFlight.size >= LIMITS.maxUnacknowledged || this.inFlight.bytes > this.#options.maxBytes;
  }

  #settle(receipt: Receipt): void {
    if (receipt.slowDownMs > 0) this.#connection.holdStill(receipt.slowDownMs);
    const batch = this.inFlight.find(receipt.sequence);
    this.#options.settings.take(receipt.settings, batch?.windows.map(({ owner }) => owner) ?? []);
    // An answer to nothing must not put off the end of waiting for one.
    if (batch === undefined) return;
    this.#noteClock(receipt);
    this.#settleBatch(batch, receipt);
    const more = this.inFlight.anySent;
    this.#connection.expect(more);
    const mayGoOn = this.inFlight.size > 0 || this.#source.hasWork;
    if (more || (mayGoOn && !this.#connection.waiting)) this.send();
    else this.#connection.rest();
    this.#source.changed();
  }

  #settleBatch(batch: SealedBatch, receipt: Receipt): void {
    const settlement = settle(batch, receipt);
    if (settlement.kind === 'again') {
      this.inFlight.resend(batch.sequence);
      if (receipt.slowDownMs === 0) this.#connection.holdStill(RETRY_MS);
      return;
    }
    this.inFlight.remove(batch.sequence);
    this.#options.spool?.forget(batch);
    this.#accounts.settle(batch, settlement, receipt);
    const undescribed = !settlement.kept && batch.described.length > 0;
    if (settlement.describeAgain || undescribed) this.#source.forgetDescribed();
  }

  #noteClock({ sequence, answeredAtUnixMs }: Receipt): void {
    const sentAtMs = this.inFlight.sentAtMs(sequence);
    if (sentAtMs === undefined) return;
    this.#skewMs = clockSkewMs(sentAtMs, this.#options.now(), answeredAtUnixMs) ?? this.#skewMs;
  }

  #lost(outcome: Exclude<Outcome, { kind: 'sent' }>): void {
    this.#failures++;
    const guilty = outcome.kind === 'refused' ? this.inFlight.firstSent() : undefined;
    this.inFlight.resendAll();
    if (guilty !== undefined) {
      this.inFlight.remove(guilty.sequence);
      this.#options.spool?.forget(guilty);
      this.#accounts.refuse(guilty);
    }
    if (this.inFlight.size > 0) this.#options.say(`collector away, will try again: ${outcome.cause.message}`);
    this.#source.changed();
  }
}
