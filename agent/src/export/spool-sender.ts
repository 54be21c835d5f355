import type { Receipt } from '@tidemark/proto';
import { Connection, RETRY_MS } from './connection.ts';
import type { BatchContents } from './sealer.ts';
import { type Settlement, settle } from './settle.ts';
import type { Transport } from './transport.ts';

/** A batch read back from the spool. */
export type Unspooled = { readonly contents: BatchContents; readonly bytes: Buffer };

/** Where spooled batches come from, and who is told what became of them. */
export interface UnspooledSource {
  /** The next that is to be sent; undefined when there is none. Never rejects. */
  next(): Promise<Unspooled | undefined>;
  settled(batch: Unspooled, settlement: Extract<Settlement, { kind: 'settled' }>, receipt: Receipt): void;
  /** The collector refused the stream because of it. */
  refused(batch: Unspooled): void;
}

/**
 * Sends spooled batches, one at a time, over a stream of their own: a receipt names a sequence and no source, so that
 * batches of two sources cannot be under way on one stream.
 */
export class SpoolSender {
  readonly #source: UnspooledSource;
  readonly #connection: Connection;
  #current: Unspooled | undefined;
  #isReading = false;
  #isOnItsWay = false;
  #closed = false;

  /** @param random a number in [0, 1), for the jitter of retries. */
  constructor(transport: Transport, random: () => number, source: UnspooledSource) {
    this.#source = source;
    this.#connection = new Connection(transport, random, {
      opened: () => {},
      receipt: (receipt) => this.#settle(receipt),
      lost: ({ kind }) => {
        this.#isOnItsWay = false;
        const guilty = this.#current;
        if (kind !== 'refused' || guilty === undefined) return;
        this.#current = undefined;
        this.#source.refused(guilty);
      },
      resumed: () => this.send(),
    });
  }

  /** Goes on sending if there is something to send and nothing in the way. */
  send(): void {
    if (this.#closed || this.#isReading || this.#isOnItsWay || this.#connection.waiting) return;
    if (this.#current !== undefined) {
      this.#isOnItsWay = true;
      this.#connection.open();
      this.#connection.write(this.#current.bytes);
      return;
    }
    this.#isReading = true;
    void this.#source.next().then((next) => {
      this.#isReading = false;
      this.#current = next;
      if (next !== undefined) this.send();
      else if (!this.#closed) this.#connection.rest();
    });
  }

  /** Somebody waits: gives up a wait of our own. */
  hurry(): void {
    this.#connection.hurry();
    this.send();
  }

  /** Gives up what is on its way for now; see Connection. */
  letGo(): void {
    this.#connection.letGo();
  }

  close(): void {
    this.#closed = true;
    this.#current = undefined;
    this.#connection.close();
  }

  #settle(receipt: Receipt): void {
    if (receipt.slowDownMs > 0) this.#connection.holdStill(receipt.slowDownMs);
    const batch = this.#current;
    if (batch === undefined || receipt.sequence !== batch.contents.sequence) return;
    this.#connection.expect(false);
    this.#isOnItsWay = false;
    const settlement = settle(batch.contents, receipt);
    if (settlement.kind === 'again') {
      if (receipt.slowDownMs === 0) this.#connection.holdStill(RETRY_MS);
      this.#connection.rest();
      return;
    }
    this.#current = undefined;
    this.#source.settled(batch, settlement, receipt);
    if (this.#connection.waiting) this.#connection.rest();
    else this.send();
  }
}
