import type { Receipt } from '@tidemark/proto';
import type { StreamStatus } from './outcome.ts';

/** What a stream tells: receipts in any order, then exactly one end. */
export type StreamHandlers = {
  readonly onReceipt: (receipt: Receipt) => void;
  readonly onEnd: (status: StreamStatus) => void;
};

/** One open stream of batches. */
export interface ReportStream {
  /** @param bytes an encoded batch; kept until it is written. */
  write(bytes: Buffer): void;
  /** No more batches will come; `onEnd` follows. */
  end(): void;
  /** Gives the stream up; `onEnd` follows. */
  cancel(): void;
}

/** A way to the collector. */
export interface Transport {
  /** Opens a stream, connecting if need be; failure to connect is an end. */
  open(handlers: StreamHandlers): ReportStream;
  /** Gives up the connection; the next `open` makes a new one. */
  close(): void;
}
