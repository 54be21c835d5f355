import type { Delivery } from './translation.ts';

/** Deals with one delivery of a lane; never throws. */
type Handle = (delivery: Delivery, claimedAt: number, lane: Lane) => Promise<void>;

/**
 * The way to one receiver: deliveries go one after the other, and after a failure the receiver is
 * left in peace for a while, so that one that is away costs one attempt at a time, not one for
 * each alert that waits for it.
 */
export class Lane {
  readonly #handle: Handle;
  readonly #waiting: { delivery: Delivery; claimedAt: number }[] = [];
  #isRunning = false;
  #failures = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #why = '';

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  /** Nothing is sent before this time, ms of the wall clock. */
  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  /** What the last failure said. */
  get why(): string {
    return this.#why;
  }

  push(delivery: Delivery, claimedAt: number): void {
    this.#waiting.push({ delivery, claimedAt });
    if (!this.#isRunning) void this.#run();
  }

  /** Notes a failure; `until` makes the end of the pause (ms) from the number of failures in a row. */
  pause(until: (failures: number) => number, why: string): void {
    this.#failures += 1;
    this.#pausedUntil = until(this.#failures);
    this.#why = why;
  }

  /** The receiver answered for good. */
  resume(): void {
    this.#failures = 0;
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      await this.#handle(next.delivery, next.claimedAt, this);
    }
    this.#isRunning = false;
  }
}
