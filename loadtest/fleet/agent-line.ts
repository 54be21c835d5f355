import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { LIMITS, REPORT_METHOD, type Receipt } from '@tidemark/proto';

/** What a line tells its agent. */
export type LineHandlers = {
  readonly receipt: (receipt: Receipt) => void;
  /** The stream is gone; what was unanswered on it has to be sent again. */
  readonly lost: () => void;
  /** A wait is over. */
  readonly ready: () => void;
};

export type LineOptions = {
  /** host:port of collectors; a line that fails goes on with the next. */
  readonly addresses: readonly string[];
  /** Which of them it begins with. */
  readonly first: number;
  /** A number in [0, 1), for jitter. */
  readonly random: () => number;
};

// As the agent has them: first and longest back-off, patience for a receipt.
const FIRST_BACK_OFF_MS = 250;
const LONGEST_BACK_OFF_MS = 30_000;
const RECEIPT_TIMEOUT_MS = 10_000;

/** A connection of its own to a collector, with the waits of the real agent: jittered back-off, patience, holding still. */
export class AgentLine {
  readonly #options: LineOptions;
  readonly #handlers: LineHandlers;
  #at: number;
  #client: Client | undefined;
  #stream: ClientDuplexStream<Buffer, Receipt> | undefined;
  #wait: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;

  constructor(options: LineOptions, handlers: LineHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#at = options.first;
  }

  /** Whether nothing may be written now. */
  get isWaiting(): boolean {
    return this.#closed || this.#wait !== undefined;
  }

  /** Whether a stream is open. */
  get isOpen(): boolean {
    return this.#stream !== undefined;
  }

  /** Writes a batch, on a new stream if none is open. */
  write(bytes: Buffer): void {
    this.#stream ??= this.#open();
    this.#stream.write(bytes);
    this.#patience ??= this.#expect();
  }

  /** Whether receipts are still to come; begins to wait for the next one anew. */
  expectMore(more: boolean): void {
    clearTimeout(this.#patience);
    this.#patience = more ? this.#expect() : undefined;
  }

  /** Writes nothing for this long. */
  holdStill(ms: number): void {
    clearTimeout(this.#wait);
    this.#wait = setTimeout(() => {
      this.#wait = undefined;
      this.#handlers.ready();
    }, ms);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#wait);
    this.#leave();
  }

  #open(): ClientDuplexStream<Buffer, Receipt> {
    const { addresses } = this.#options;
    this.#client ??= new Client(addresses[this.#at % addresses.length] as string, credentials.createInsecure(), {
      'grpc.max_send_message_length': LIMITS.maxBytes,
      'grpc.max_receive_message_length': LIMITS.maxBytes,
      'grpc.enable_retries': 0,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.service_config_disable_resolution': 1,
      'grpc.enable_http_proxy': 0,
    });
    const { path, responseDeserialize } = REPORT_METHOD;
    const stream = this.#client.makeBidiStreamRequest(path, (bytes: Buffer) => bytes, responseDeserialize);
    stream.on('data', (receipt: Receipt) => {
      if (this.#stream !== stream) return;
      this.#failures = 0;
      this.#handlers.receipt(receipt);
    });
    // Every error is followed by the status that says the same.
    stream.on('error', () => {});
    stream.on('status', () => {
      if (this.#stream === stream) this.#lose();
    });
    return stream;
  }

  #expect(): NodeJS.Timeout {
    return setTimeout(() => this.#lose(), RECEIPT_TIMEOUT_MS);
  }

  #lose(): void {
    if (this.#closed) return;
    this.#leave();
    this.#failures += 1;
    this.#at += 1;
    const bound = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(this.#failures - 1, 16));
    this.#handlers.lost();
    this.holdStill(this.#options.random() * bound);
  }

  #leave(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.cancel();
    this.#client?.close();
    this.#client = undefined;
  }
}
