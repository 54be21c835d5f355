import type { Clock } from '../clock.ts';
import { type Backoff, backoffMs, DEFAULT_BACKOFF, isGivenUp } from './backoff.ts';
import type { DeliveryObserver, DeliveryReport } from './delivery-observer.ts';
import { Lane } from './lane.ts';
import type { Outcome } from './outcome.ts';
import type { Receiver } from './receiver.ts';
import { type Send, send as sendOverHttp } from './send.ts';
import type { Delivery } from './translation.ts';

/** Where deliveries wait; written in the transaction that changes the alert. */
export interface DeliveryQueue {
  /**
   * Hands out deliveries that are due at `now`, those that are due longest where there are more: at most one of each (receiver,
   * dedupKey), and never one whose predecessor of that key is not finished. Nobody else is given
   * them for some lease, which has to be longer than MIN_LEASE_MS.
   */
  claim(now: number, limit: number): Promise<Delivery[]>;
  /** Told, `note` says how. Ends the delivery. */
  sent(id: number, at: number, note: string): Promise<void>;
  /** Not told; to be claimed again from `nextAttemptAt`. */
  retry(id: number, at: number, nextAttemptAt: number, error: string): Promise<void>;
  /** Will never be told, `error` says why. Ends the delivery. */
  refused(id: number, at: number, error: string): Promise<void>;
}

/** A claimed delivery that has waited this long for its turn is put back, so that its lease does not run out here. */
export const HOLD_MS = 20_000;
/** A lease shorter than the longest hold and one request would let two senders have the same delivery. */
export const MIN_LEASE_MS = 45_000;

/** Time to write down that a request was broken off. */
const ABORT_GRACE_MS = 1_000;

export type OutboxOptions = {
  readonly queue: DeliveryQueue;
  /** By name; may be exchanged from outside while running. */
  readonly receivers: ReadonlyMap<string, Receiver>;
  /** The wall clock, whatever time the data lives in. */
  readonly clock: Clock;
  /** Evenly distributed in [0, 1). */
  readonly random: () => number;
  readonly log: { warn(fields: object, message: string): void };
  /** Longest time between two looks at the queue, ms; default 5 s. */
  readonly pollMs?: number;
  /** Most deliveries held at a time; default 128. */
  readonly capacity?: number;
  readonly backoff?: Backoff;
  /** Defaults to HTTP. */
  readonly send?: Send;
  readonly observer?: DeliveryObserver;
};

/**
 * Tells receivers of alerts, at least once, and in order for each alert: a delivery is written
 * down as sent after it was sent, so a crash in between repeats it under the same key.
 * Each receiver has a lane of its own with one request at a time.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #send: Send;
  readonly #lanes = new Map<string, Lane>();
  readonly #held = new Set<number>();
  readonly #abort = new AbortController();
  #state: 'new' | 'running' | 'stopped' = 'new';
  #claiming = false;
  #isWoken = false;
  #timer: NodeJS.Timeout | undefined;
  #nextAttemptAt = Number.POSITIVE_INFINITY;
  #waiters: (() => void)[] = [];
  #stopping: Promise<boolean> | undefined;
  /** Deliveries whose own attempt failed and that are not finished. */
  readonly #failed = new Set<number>();
  /** Deliveries that were claimed here and are not known to be told. */
  readonly #leftBehind = new Set<number>();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#send = options.send ?? sendOverHttp;
  }

  /** Begins with what is due. Does nothing when running or stopped. */
  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'running';
    this.wake();
  }

  /** Looks at the queue now; to be called after deliveries were committed. */
  wake(): void {
    if (this.#state !== 'running') return;
    this.#isWoken = true;
    if (!this.#claiming) void this.#claimAll();
  }

  /** Fulfilled as soon as nothing that was due is left to do. */
  idle(): Promise<void> {
    if (!this.#claiming && this.#held.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /**
   * Claims nothing more, puts back what waits, and finishes the requests in flight; those that
   * take longer than `timeoutMs` are broken off. True if everything claimed got out.
   */
  stop({ timeoutMs }: { timeoutMs: number }): Promise<boolean> {
    this.#stopping ??= this.#finish(timeoutMs);
    return this.#stopping;
  }

  async #finish(timeoutMs: number): Promise<boolean> {
    this.#state = 'stopped';
    clearTimeout(this.#timer);
    if (await this.#isIdleWithin(timeoutMs)) return this.#leftBehind.size === 0;
    this.#abort.abort();
    await this.#isIdleWithin(ABORT_GRACE_MS);
    return false;
  }

  async #isIdleWithin(limitMs: number): Promise<boolean> {
    const late = Promise.withResolvers<false>();
    // Not unref'd: somebody waits for the answer.
    const timer = setTimeout(() => late.resolve(false), limitMs);
    const isIdle = await Promise.race([this.idle().then(() => true), late.promise]);
    clearTimeout(timer);
    return isIdle;
  }

  async #claimAll(): Promise<void> {
    const { queue, clock, capacity = 128 } = this.#options;
    this.#claiming = true;
    clearTimeout(this.#timer);
    try {
      while (this.#isWoken && this.#held.size < capacity) {
        this.#isWoken = false;
        const now = clock.now();
        if (this.#nextAttemptAt <= now) this.#nextAttemptAt = Number.POSITIVE_INFINITY;
        const claimed = await queue.claim(now, capacity - this.#held.size);
        for (const delivery of this.#inOrder(claimed)) this.#take(delivery, now);
      }
    } catch (error) {
      this.#warn({ error: textOf(error) }, 'deliveries could not be claimed');
    }
    this.#claiming = false;
    this.#settle();
  }

  /** The oldest first, but one that failed before goes behind the others, so that it cannot hold them up for ever. */
  #inOrder(claimed: readonly Delivery[]): Delivery[] {
    const failed = ({ id }: Delivery) => (this.#failed.has(id) ? 1 : 0);
    return claimed.toSorted((one, other) => failed(one) - failed(other) || one.id - other.id);
  }

  #take(delivery: Delivery, claimedAt: number): void {
    // Still in its lane here: its lease ran out while the queue could not be written to.
    if (this.#held.has(delivery.id)) return;
    this.#held.add(delivery.id);
    this.#leftBehind.delete(delivery.id);
    let lane = this.#lanes.get(delivery.receiver);
    if (lane === undefined) {
      lane = new Lane((next, since, own) => this.#handle(next, since, own));
      this.#lanes.set(delivery.receiver, lane);
    }
    lane.push(delivery, claimedAt);
  }

  async #handle(delivery: Delivery, claimedAt: number, lane: Lane): Promise<void> {
    try {
      await this.#attempt(delivery, claimedAt, lane);
    } catch (error) {
      // The note could not be written; the lease runs out and the delivery is made again.
      this.#leftBehind.add(delivery.id);
      this.#warn(
        { delivery: delivery.id, error: textOf(error) },
        'the outcome of a delivery could not be written down',
      );
    }
    this.#held.delete(delivery.id);
    this.wake();
    this.#settle();
  }

  async #attempt(delivery: Delivery, claimedAt: number, lane: Lane): Promise<void> {
    const { clock, receivers, queue } = this.#options;
    const now = clock.now();
    if (this.#state === 'stopped') return this.#putBack(delivery, now, 'not sent before the collector stopped');
    if (now < lane.pausedUntil) return this.#putBack(delivery, lane.pausedUntil, `waits for its receiver: ${lane.why}`);
    if (now - claimedAt >= HOLD_MS) return this.#putBack(delivery, now, 'waited behind others for its receiver');
    const receiver = receivers.get(delivery.receiver);
    if (receiver === undefined) {
      this.#tell(delivery, 'unknown', 'refused', 0);
      return queue.refused(delivery.id, now, 'no receiver of this name is configured');
    }
    const startedAt = performance.now();
    const outcome = await this.#send(receiver, delivery, { now, signal: this.#abort.signal });
    const isLast = outcome.kind === 'retry' && isGivenUp(delivery.message.kind, delivery.createdAt, clock.now());
    this.#tell(delivery, receiver.kind, isLast ? 'given_up' : outcome.kind, performance.now() - startedAt);
    return this.#writeDown(delivery, outcome, lane);
  }

  #tell(
    { attempt, createdAt }: Delivery,
    channel: DeliveryReport['channel'],
    outcome: DeliveryReport['outcome'],
    durationMs: number,
  ): void {
    const delayMs = Math.max(0, this.#options.clock.now() - createdAt);
    this.#options.observer?.({ channel, outcome, attempt, durationMs, delayMs });
  }

  async #writeDown(delivery: Delivery, outcome: Outcome, lane: Lane): Promise<void> {
    const { clock, queue, random, backoff = DEFAULT_BACKOFF } = this.#options;
    const now = clock.now();
    if (outcome.kind !== 'retry') {
      lane.resume();
      this.#failed.delete(delivery.id);
    }
    if (outcome.kind === 'sent') return queue.sent(delivery.id, now, `HTTP ${outcome.status}`);
    const about = {
      delivery: delivery.id,
      receiver: delivery.receiver,
      attempt: delivery.attempt,
      cause: outcome.cause,
    };
    if (outcome.kind === 'refused') {
      this.#warn(about, 'a delivery was refused');
      return queue.refused(delivery.id, now, outcome.cause);
    }
    const { afterMs = 0, cause } = outcome;
    lane.pause((failures) => now + Math.max(afterMs, backoffMs(failures, random(), backoff)), cause);
    if (isGivenUp(delivery.message.kind, delivery.createdAt, now)) {
      this.#failed.delete(delivery.id);
      this.#warn(about, 'a delivery was given up');
      return queue.refused(delivery.id, now, `given up: ${cause}`);
    }
    const own = now + backoffMs(delivery.attempt, random(), backoff);
    this.#warn(about, 'a delivery failed and will be tried again');
    this.#failed.add(delivery.id);
    return this.#putBack(delivery, Math.max(own, lane.pausedUntil), cause);
  }

  #putBack(delivery: Delivery, nextAttemptAt: number, why: string): Promise<void> {
    if (this.#state === 'stopped') this.#leftBehind.add(delivery.id);
    this.#nextAttemptAt = Math.min(this.#nextAttemptAt, nextAttemptAt);
    return this.#options.queue.retry(delivery.id, this.#options.clock.now(), nextAttemptAt, why);
  }

  /** After a claim and after each delivery: sets the next look at the queue and tells who waits for quiet. */
  #settle(): void {
    if (this.#state === 'running' && !this.#claiming) {
      const { pollMs = 5_000, clock } = this.#options;
      clearTimeout(this.#timer);
      const waitMs = Math.min(pollMs, Math.max(10, this.#nextAttemptAt - clock.now()));
      this.#timer = setTimeout(() => this.wake(), waitMs).unref();
    }
    if (this.#claiming || this.#held.size > 0) return;
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  #warn(fields: object, message: string): void {
    this.#options.log.warn(fields, message);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
