import { hush, shielded } from './shield.ts';

const MINUTE_MS = 60_000;

/**
 * Passes at most one message a minute on; says with the next one how many were left out.
 * A log that throws is not asked why.
 */
export class LimitedLog {
  readonly #write: (message: string) => void;
  readonly #now: () => number;
  #last = Number.NEGATIVE_INFINITY;
  #skipped = 0;

  /** @param now milliseconds of a clock that does not jump (`performance.now`). */
  constructor(write: (message: string) => unknown, now: () => number = () => performance.now()) {
    this.#write = shielded(
      (message) => hush(write(message)),
      () => {},
    );
    this.#now = now;
  }

  say(message: string): void {
    const now = this.#now();
    if (now - this.#last < MINUTE_MS) {
      this.#skipped++;
      return;
    }
    const more = this.#skipped > 0 ? ` (${this.#skipped} more messages in between)` : '';
    this.#last = now;
    this.#skipped = 0;
    this.#write(`tidemark: ${message}${more}`);
  }
}
