import type { Receipt } from '@tidemark/proto';
import { backOffMs } from './back-off.ts';
import { type Outcome, outcomeOfStatus, type StreamStatus } from './outcome.ts';
import type { ReportStream, Transport } from './transport.ts';

/** How long the collector may take over a receipt (facts on transport: 10 s a write or acknowledgement). */
export const RECEIPT_TIMEOUT_MS = 10_000;

/** Before a batch the collector could not keep is sent again, when it names no time itself. */
export const RETRY_MS = 1_000;

const CLOSING_MS = 1_000;
// Whatever a collector asks for, it can ask for again.
const LONGEST_WAIT_MS = 600_000;

/** What a connection tells its owner. */
export type ConnectionHandlers = {
  /** A new stream: nothing has been said on it. */
  readonly opened: () => void;
  readonly receipt: (receipt: Receipt) => void;
  /** The stream ended with batches unanswered, or could not be opened. */
  readonly lost: (outcome: Exclude<Outcome, { kind: 'sent' }>) => void;
  /** Sending may go on: a wait is over. */
  readonly resumed: () => void;
};

/**
 * The stream to the collector with its waits: opens when there is something to send, notices a collector that does
 * not answer, backs off after a failure, and holds still when told to. All timers are unref'd.
 */
export class Connection {
  readonly #transport: Transport;
  readonly #random: () => number;
  readonly #handlers: ConnectionHandlers;
  #stream: ReportStream | undefined;
  #wait: NodeJS.Timeout | undefined;
  #toldEndsMs = 0;
  #backOffEndsMs = 0;
  #receiptTimer: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;

  /** @param random a number in [0, 1), for the jitter. */
  constructor(transport: Transport, random: () => number, handlers: ConnectionHandlers) {
    this.#transport = transport;
    this.#random = random;
    this.#handlers = handlers;
  }

  /** Whether sending must wait, for a back-off or because the collector asked for it. */
  get waiting(): boolean {
    return this.#wait !== undefined || this.#closed;
  }

  /** Opens a stream unless one is open. */
  open(): void {
    if (this.#stream !== undefined) return;
    this.#handlers.opened();
    const stream: ReportStream = this.#transport.open({
      onReceipt: (receipt) => {
        if (this.#stream !== stream) return;
        this.#failures = 0;
        this.#handlers.receipt(receipt);
      },
      onEnd: (status) => {
        if (this.#stream === stream) this.#lose(status);
      },
    });
    this.#stream = stream;
  }

  /** Writes to the open stream. */
  write(bytes: Buffer): void {
    this.#stream?.write(bytes);
    if (this.#receiptTimer === undefined) this.#armReceiptTimer();
  }

  /** Whether a receipt is still to come; begins to wait for it anew. */
  expect(more: boolean): void {
    if (more) this.#armReceiptTimer();
    else this.#clearReceiptTimer();
  }

  /** Nothing is on its way: ends the stream, so that an idle connection does not keep the process alive. */
  rest(): void {
    this.#clearReceiptTimer();
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream === undefined) return;
    stream.end();
    // Should the collector not end its side, its stream would hold the process.
    setTimeout(() => stream.cancel(), CLOSING_MS).unref();
  }

  /** Sends nothing for this long, at most ten minutes, as the collector asks. Waits do not add up; the longer one counts. */
  holdStill(ms: number): void {
    this.#toldEndsMs = Math.max(this.#toldEndsMs, performance.now() + Math.min(ms, LONGEST_WAIT_MS));
    this.#armWait();
  }

  /** Somebody waits: gives up a wait of our own, but none that the collector asked for. */
  hurry(): void {
    if (this.#wait === undefined) return;
    this.#backOffEndsMs = 0;
    if (this.#toldEndsMs > performance.now()) {
      this.#armWait();
      return;
    }
    clearTimeout(this.#wait);
    this.#wait = undefined;
  }

  /** Gives up what is on its way as if the line had failed, so that it does not keep the process alive; it is sent again if the process lives on. */
  letGo(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    // A back-off may be next to nothing: the line would be there again before the process has ended.
    this.#lose({ code: 1, details: 'given up, for the process to end' }, RETRY_MS);
    stream.cancel();
  }

  /** Gives everything up for good. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#wait);
    this.#wait = undefined;
    this.#clearReceiptTimer();
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.cancel();
    this.#transport.close();
  }

  #lose(status: StreamStatus, leastMs = 0): void {
    this.#clearReceiptTimer();
    this.#stream = undefined;
    this.#transport.close();
    this.#failures++;
    const outcome = outcomeOfStatus(status);
    const backOff = Math.max(leastMs, backOffMs(this.#failures, this.#random));
    const waitMs = outcome.kind === 'retry' ? Math.max(outcome.afterMs ?? 0, backOff) : backOff;
    this.#backOffEndsMs = performance.now() + waitMs;
    this.#armWait();
    this.#handlers.lost(outcome);
  }

  #armWait(): void {
    if (this.#closed) return;
    clearTimeout(this.#wait);
    const ms = Math.max(this.#toldEndsMs, this.#backOffEndsMs) - performance.now();
    this.#wait = setTimeout(
      () => {
        this.#wait = undefined;
        this.#handlers.resumed();
      },
      Math.max(0, Math.round(ms)),
    ).unref();
  }

  #armReceiptTimer(): void {
    clearTimeout(this.#receiptTimer);
    this.#receiptTimer = setTimeout(() => {
      const stream = this.#stream;
      // DEADLINE_EXCEEDED, as if the collector had said so.
      this.#lose({ code: 4, details: `no receipt within ${RECEIPT_TIMEOUT_MS} ms` });
      stream?.cancel();
    }, RECEIPT_TIMEOUT_MS).unref();
  }

  #clearReceiptTimer(): void {
    clearTimeout(this.#receiptTimer);
    this.#receiptTimer = undefined;
  }
}
