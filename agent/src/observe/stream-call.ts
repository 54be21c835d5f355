import { monotonicMs } from '../clock.ts';
import { hush } from '../shield.ts';
import type { Call } from './call-watch.ts';
import type { ShieldedWatch } from './shielded-watch.ts';

/** How a stream came to its end; `abandoned`: nothing held it any more and nobody had closed it. */
export type StreamEnd = 'done' | 'return' | 'throw' | 'abandoned';

/** What is known of a stream that has ended. */
export type StreamMeasure = {
  readonly items: number;
  /** From the call to its first item, in milliseconds; undefined where there was none. */
  readonly firstItemMs: number | undefined;
  readonly ended: StreamEnd;
};

/** What is done with the streams of one wrapped function. Nothing of it may throw but `collect`. */
export type StreamObserver = {
  /** How many of the last items are kept for `collect`, at least 1. */
  readonly keep: number;
  /** The answer that the extractors see, of the items kept; without it, the last item. */
  readonly collect: ((items: readonly unknown[]) => unknown) | undefined;
  readonly ended: (call: Call, measure: StreamMeasure) => void;
  readonly collectFailed: () => void;
  readonly failed: (error: unknown) => void;
};

// A stream that nobody reads to its end and nobody closes ends when nothing holds it any more. Accounts do not rest on
// this: until then such a call is under way, as one is whose promise never settles.
const abandoned = new FinalizationRegistry<StreamAccount>((account) => account.close('abandoned'));

/** What is counted of one stream. Holds nothing of the caller's, who might reach the stream by it and keep it alive. */
class StreamAccount {
  readonly #call: Call;
  readonly #watch: ShieldedWatch;
  readonly #observer: StreamObserver;
  #items = 0;
  #firstItemMs: number | undefined;
  #open = true;

  constructor(call: Call, watch: ShieldedWatch, observer: StreamObserver) {
    this.#call = call;
    this.#watch = watch;
    this.#observer = observer;
  }

  get open(): boolean {
    return this.#open;
  }

  addItem(): void {
    if (this.#items++ === 0) this.#firstItemMs = monotonicMs() - this.#call.startedMs;
  }

  /** Ends the call; an end after the first is none. */
  close(ended: StreamEnd, answer?: unknown, args: readonly unknown[] = []): void {
    if (!this.#open) return;
    this.#open = false;
    abandoned.unregister(this);
    if (ended === 'throw') this.#watch.fail(this.#call, answer);
    else if (ended === 'abandoned') this.#watch.lose(this.#call);
    // What it says to put in the place of the result comes too late: the caller has the items.
    else this.#watch.end(this.#call, answer, args, false);
    this.#observer.ended(this.#call, { items: this.#items, firstItemMs: this.#firstItemMs, ended });
  }
}

/** One call whose answer is iterated over; it ends, once, when the iteration does. */
export class StreamCall {
  readonly #account: StreamAccount;
  readonly #observer: StreamObserver;
  #args: readonly unknown[];
  #kept: unknown[] = [];

  constructor(call: Call, args: readonly unknown[], watch: ShieldedWatch, observer: StreamObserver) {
    this.#account = new StreamAccount(call, watch, observer);
    this.#args = args;
    this.#observer = observer;
  }

  /** From here on the stream lives as long as `holder` does, and no longer by an earlier one. */
  liveBy(holder: object): void {
    abandoned.unregister(this.#account);
    if (this.#account.open) abandoned.register(holder, this.#account, this.#account);
  }

  /** Takes what a step of the iteration answered. */
  saw(step: 'next' | 'return' | 'throw', result: unknown): void {
    if (!this.#account.open || typeof result !== 'object' || result === null) return;
    try {
      const { done } = result as IteratorResult<unknown>;
      if (done) this.#end(step === 'next' ? 'done' : 'return');
      else this.#item((result as IteratorResult<unknown>).value);
    } catch (error) {
      // A getter of theirs, which the consumer will meet as well.
      this.#observer.failed(error);
    }
  }

  /** A step of the iteration threw. */
  failed(error: unknown): void {
    this.#account.close('throw', error);
    this.#forget();
  }

  #end(ended: 'done' | 'return'): void {
    this.#account.close(ended, this.#answer(), this.#args);
    this.#forget();
  }

  #forget(): void {
    this.#args = [];
    this.#kept = [];
  }

  #item(value: unknown): void {
    this.#account.addItem();
    const { keep } = this.#observer;
    if (keep === 1) {
      this.#kept[0] = value;
      return;
    }
    this.#kept.push(value);
    // Cut only now and then, so that an item costs the same however many are kept.
    if (this.#kept.length >= 2 * keep) this.#kept = this.#kept.slice(-keep);
  }

  #answer(): unknown {
    const { collect, keep } = this.#observer;
    if (collect === undefined) return this.#kept.at(-1);
    try {
      const answer = collect(this.#kept.slice(-keep));
      hush(answer);
      return answer;
    } catch {
      this.#observer.collectFailed();
      return undefined;
    }
  }
}
