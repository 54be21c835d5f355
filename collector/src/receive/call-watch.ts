import type { Logger } from '../log.ts';
import type { ReceiveLimits } from './limits.ts';
import type { WatchedCall } from './watched-call.ts';

/** Which connection a call came by. */
export type CallOrigin = { readonly remoteAddress?: string | undefined; readonly remotePort?: number | undefined };

/** All calls that are open, and what they take together. */
export class CallWatch {
  readonly limits: ReceiveLimits;
  readonly #log: Logger;
  readonly #calls = new Set<WatchedCall>();
  readonly #onCall: (from: CallOrigin) => void;
  #unfinishedBytes = 0;

  /** `onCall` hears of every call, whatever becomes of it. */
  constructor(limits: ReceiveLimits, log: Logger, onCall: (from: CallOrigin) => void) {
    this.limits = limits;
    this.#log = log;
    this.#onCall = onCall;
  }

  /** Monotonic time, ms. */
  now(): number {
    return performance.now();
  }

  /** Memory of all unfinished messages. */
  get unfinishedBytes(): number {
    return this.#unfinishedBytes;
  }

  /** @returns why there is no room for one more call; null = there is. It is watched in either case. */
  add(call: WatchedCall, from: CallOrigin): string | null {
    const { maxStreams } = this.limits;
    this.#onCall(from);
    this.#calls.add(call);
    return this.#calls.size > maxStreams ? `the collector has its ${maxStreams} streams already` : null;
  }

  /** The call is over. */
  remove(call: WatchedCall): void {
    if (this.#calls.delete(call)) this.release(call.unfinishedBytes);
  }

  /** So many bytes less (or, negative, more) are kept of unfinished messages; the oldest make room. */
  release(bytes: number): void {
    this.#unfinishedBytes -= bytes;
    while (this.#unfinishedBytes > this.limits.maxUnfinishedBytes) {
      const oldest = this.#oldestMessage();
      if (oldest === undefined) return;
      oldest.end('too many messages were begun and not complete');
    }
  }

  /** Writes down that a peer was sent away. */
  told(peer: string, reason: string): void {
    this.#log.warn({ peer, reason }, 'ended a call');
  }

  /** Ends what has used up its time. */
  sweep(): void {
    const now = this.now();
    for (const call of this.#calls) call.sweep(now);
  }

  #oldestMessage(): WatchedCall | undefined {
    let oldest: WatchedCall | undefined;
    for (const call of this.#calls) {
      if (call.messageSince === null) continue;
      if ((oldest?.messageSince ?? Infinity) > call.messageSince) oldest = call;
    }
    return oldest;
  }
}
