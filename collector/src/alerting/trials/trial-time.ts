import { setImmediate } from 'node:timers/promises';
import { type Chance, ChanceStopped } from '../../chance/chance.ts';
import { timeText } from '../overlay.ts';
import { TrialEnd } from './trial.ts';

/** How long a trial may hold the thread before others have a turn, ms. */
const SLICE_MS = 10;

/** The time that one trial has: it ends by itself after so long, or when `cancelled` says so. */
export class TrialTime {
  /** How far the trial has come, as a sentence has it, and the last tick (ms) that was judged. */
  so = 'it had not begun to judge';
  reached: number | null = null;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #cancelled: AbortSignal;
  #sliceBegan = performance.now();

  constructor(limitMs: number, cancelled: AbortSignal) {
    this.#cancelled = cancelled;
    this.#timer = setTimeout(() => this.#end(`it was ended after ${limitMs / 1000} s`), limitMs);
    cancelled.addEventListener('abort', this.#onCancelled);
    if (cancelled.aborted) this.#onCancelled();
  }

  /** Aborted when the time is over, with the `TrialEnd` that says so. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The trial is over: nothing is to be ended any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#cancelled.removeEventListener('abort', this.#onCancelled);
  }

  /** Notes that a tick (ms) of a span that ends at `until` was judged. */
  judged(tick: number, until: number): void {
    this.reached = tick;
    this.so = `it had judged until ${timeText(tick)} of ${timeText(until)}`;
  }

  /** Lets others have a turn when it is time. @throws {TrialEnd} once the time is over. */
  readonly pause = async (): Promise<void> => {
    this.signal.throwIfAborted();
    if (performance.now() - this.#sliceBegan < SLICE_MS) return;
    await setImmediate();
    this.#sliceBegan = performance.now();
    this.signal.throwIfAborted();
  };

  /** Waits for something, or no longer than the time lasts. @throws {TrialEnd} */
  async within<T>(work: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(this.signal.reason);
    this.signal.addEventListener('abort', onAbort);
    if (this.signal.aborted) onAbort();
    try {
      return await Promise.race([work, promise]);
    } finally {
      this.signal.removeEventListener('abort', onAbort);
    }
  }

  readonly #onCancelled = () => this.#end('it was cancelled');

  #end(why: string): void {
    const message = `${why}; ${this.so}. Ask for a shorter span, one model or one rule`;
    this.#controller.abort(new TrialEnd({ kind: 'stopped', message, reached: this.reached }));
  }
}

/** What chance does, asked for no longer than a trial lasts. What is found out later is known to the next one. */
export function chanceWithin(time: TrialTime, chance: Chance): Chance {
  return {
    nullsFor: async (subject, window) => {
      try {
        return await time.within(chance.nullsFor(subject, window));
      } catch (error) {
        throw error instanceof TrialEnd ? new ChanceStopped() : error;
      }
    },
  };
}
