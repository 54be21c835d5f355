import { constants, type ServerHttp2Stream } from 'node:http2';
import { Duplex } from 'node:stream';
import { type Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import type { CallWatch } from './call-watch.ts';
import { widenWindow } from './receive-window.ts';
import { UnfinishedMessage } from './unfinished-message.ts';

type NextCall = Parameters<ServerInterceptor>[1];
type Status = Parameters<ServerInterceptingCall['sendStatus']>[0];

/** One call of anybody, held to the limits. What breaks one gets `UNAVAILABLE` with the reason, so that agents come again. */
export class WatchedCall extends ServerInterceptingCall {
  readonly #watch: CallWatch;
  readonly #stream: ServerHttp2Stream;
  readonly #message = new UnfinishedMessage();
  #unreadSince: number | null = null;
  #statusSince: number | null = null;

  constructor(call: NextCall, watch: CallWatch) {
    super(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, pass) => {
            if (bytesOf(metadata) <= watch.limits.maxMetadataBytes) pass(metadata);
            else this.end(`metadata of more than ${watch.limits.maxMetadataBytes} bytes`, status.RESOURCE_EXHAUSTED);
          },
          // Also what grpc-js ends by itself, such as a message that is too large.
          onCancel: () => this.#noteStatus(),
        }),
    });
    this.#watch = watch;
    this.#stream = http2StreamOf(call);
    this.#stream.on('data', (piece: Buffer) => this.#take(piece));
    this.#stream.once('close', () => watch.remove(this));
    const refusal = watch.add(this, call.getConnectionInfo());
    // A call that has its status before it starts never reaches its handler.
    if (refusal !== null) this.end(refusal);
    else widenWindow(this.#stream.session);
  }

  /** When its unfinished message was begun; null = there is none, or it was given up. */
  get messageSince(): number | null {
    return this.#statusSince === null ? this.#message.since : null;
  }

  /** Memory of its unfinished message. */
  get unfinishedBytes(): number {
    return this.#statusSince === null ? this.#message.bytes : 0;
  }

  override sendMessage(message: unknown, callback: () => void): void {
    this.#unreadSince ??= this.#watch.now();
    super.sendMessage(message, () => {
      this.#unreadSince = null;
      callback();
    });
  }

  override sendStatus(sent: Status): void {
    this.#noteStatus();
    super.sendStatus(sent);
  }

  /** Ends the call with a reason. */
  end(reason: string, code: status = status.UNAVAILABLE): void {
    this.#watch.told(this.getPeer(), reason);
    this.sendStatus({ code, details: reason });
  }

  /** Ends the call where it has used up a time. */
  sweep(now: number): void {
    const { messageMs, unreadMs, closingMs } = this.#watch.limits;
    if (this.#statusSince !== null) {
      if (now - this.#statusSince >= closingMs) this.#reset();
      return;
    }
    // While what came before it waits for the store, nobody reads on: that is not the sender's fault.
    if (this.#stream.isPaused()) this.#message.restart(now);
    if (isOver(this.#message.since, now, messageMs)) this.end(`a message was not complete within ${messageMs} ms`);
    else if (isOver(this.#unreadSince, now, unreadMs)) this.end(`answers were not read within ${unreadMs} ms`);
  }

  /** From here on nothing is kept of what comes. */
  #noteStatus(): void {
    if (this.#statusSince !== null) return;
    const bytes = this.unfinishedBytes;
    this.#statusSince = this.#watch.now();
    this.#watch.release(bytes);
  }

  #take(piece: Buffer): void {
    if (this.#statusSince !== null) return;
    const before = this.#message.bytes;
    const isCompressed = this.#message.take(piece, this.#watch.now());
    this.#watch.release(before - this.#message.bytes);
    // A few KiB could say that they are many times 4 MiB.
    if (isCompressed) this.end('messages may not be compressed', status.UNIMPLEMENTED);
  }

  /** The peer has neither ended its side nor read what it was sent; REFUSED_STREAM is read as `UNAVAILABLE`. */
  #reset(): void {
    const { NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants;
    this.#stream.close(this.#stream.writableFinished ? NGHTTP2_NO_ERROR : NGHTTP2_REFUSED_STREAM);
  }
}

function isOver(since: number | null, now: number, ms: number): boolean {
  return since !== null && now - since >= ms;
}

function bytesOf(metadata: Metadata): number {
  let bytes = 0;
  for (const [key, value] of Object.entries(metadata.toHttp2Headers())) {
    bytes += key.length + String(value).length;
  }
  return bytes;
}

/**
 * The HTTP/2 stream below a call. grpc-js 1.14 has no public way to it, and none to see that a message was begun or to
 * reset one stream of a connection; tests fail should another version keep it elsewhere.
 */
function http2StreamOf(call: NextCall): ServerHttp2Stream {
  const stream: unknown = Reflect.get(call, 'stream');
  if (stream instanceof Duplex && 'rstCode' in stream) return stream as ServerHttp2Stream;
  throw new TypeError('expected the HTTP/2 stream of a call of grpc-js 1.14: its version does not fit this collector');
}
