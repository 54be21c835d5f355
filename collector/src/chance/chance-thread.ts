import { Worker } from 'node:worker_threads';
import { NullDistribution } from '../drift/null-distribution.ts';
import { whyNotDrawn } from '../drift/simulated-null.ts';
import { messageOf } from '../errors.ts';
import {
  type Chance,
  ChanceStopped,
  type ChanceSubject,
  ChanceUnknown,
  type JudgedWindow,
  type Nulls,
} from './chance.ts';
import { KnownSubjects, subjectKey } from './known-subjects.ts';
import { type PackedSubject, packSubject } from './packed-subject.ts';

/** `packed` comes with the first question about a subject. */
export type ChanceRequest =
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly key: string;
      readonly packed: PackedSubject | null;
      readonly window: JudgedWindow;
    }
  | { readonly kind: 'forget'; readonly key: string };
/** Distributions arrive as their bare quantiles. */
export type ChanceAnswer = { readonly id: number; readonly nulls?: Nulls; readonly error?: string };

// URLs of workers are not rewritten by the compiler, so the name follows the file that asks.
const WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? './chance-worker.ts' : './chance-worker.js',
  import.meta.url,
);

/** Begins the thread that draws nulls. */
export function startWorker(): Worker {
  return new Worker(WORKER_URL);
}

type Waiter = { readonly key: string; resolve(nulls: Nulls): void; reject(error: Error): void };

/**
 * Finds out what chance does in a thread of its own, which begins with the first question and holds no process up. A thread that
 * dies fails what was asked of it; the next question begins another.
 */
export class ChanceThread implements Chance {
  readonly #start: () => Worker;
  #life: Life | null = null;
  #isStopped = false;

  /** `start` begins a thread that answers as `chance-worker.ts` does. */
  constructor(start = startWorker) {
    this.#start = start;
  }

  async nullsFor(subject: ChanceSubject, window: JudgedWindow): Promise<Nulls> {
    if (this.#isStopped) throw new ChanceStopped();
    if (whyNotDrawn(subject.reference.kind) !== null) return { independent: null, widened: null };
    const life = this.#livingNow();
    const key = subjectKey(subject);
    const packed = life.knows(key) ? null : await packSubject(subject);
    if (this.#isStopped) throw new ChanceStopped();
    return life.ask(key, packed, window);
  }

  /** Ends the thread, whatever it is at; what was asked fails with `ChanceStopped`. Safe twice. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#life?.end(new ChanceStopped());
  }

  #livingNow(): Life {
    if (this.#life === null || this.#life.hasEnded) this.#life = new Life(this.#start());
    return this.#life;
  }
}

/** One life of the thread. */
class Life {
  readonly #worker: Worker;
  readonly #known = new KnownSubjects<true>((key) => this.#post({ kind: 'forget', key }));
  readonly #waiting = new Map<number, Waiter>();
  #lastId = 0;
  #ended: Error | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.#worker.unref();
    this.#worker.on('message', (answer: ChanceAnswer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#fail(new ChanceUnknown(`its thread has died: ${messageOf(error)}`)));
    this.#worker.on('exit', (code) => this.#fail(new ChanceUnknown(`its thread has ended with code ${code}`)));
  }

  get hasEnded(): boolean {
    return this.#ended !== null;
  }

  knows(key: string): boolean {
    return this.#known.get(key) !== undefined;
  }

  ask(key: string, packed: PackedSubject | null, window: JudgedWindow): Promise<Nulls> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    if (packed !== null) this.#known.set(key, true);
    const answer = new Promise<Nulls>((resolve, reject) => this.#waiting.set(id, { key, resolve, reject }));
    // While somebody waits, the process must not end for want of anything else to do.
    this.#worker.ref();
    this.#post({ kind: 'ask', id, key, packed, window });
    return answer;
  }

  async end(reason: Error): Promise<void> {
    this.#fail(reason);
    await this.#worker.terminate();
  }

  #post(request: ChanceRequest): void {
    this.#worker.postMessage(request);
  }

  #settle({ id, nulls, error }: ChanceAnswer): void {
    const waiter = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (nulls !== undefined) waiter?.resolve(revived(nulls));
    else if (waiter !== undefined) {
      this.#known.delete(waiter.key);
      waiter.reject(new ChanceUnknown(error ?? 'its thread gave no answer'));
    }
  }

  #fail(error: Error): void {
    this.#ended ??= error;
    for (const waiter of this.#waiting.values()) waiter.reject(this.#ended);
    this.#waiting.clear();
  }
}

/** Plain objects again as what they were in the thread that made them. */
function revived({ independent, widened }: Nulls): Nulls {
  return {
    independent: independent && new NullDistribution(independent.quantiles),
    widened: widened && { ...widened, null: new NullDistribution(widened.null.quantiles) },
  };
}
