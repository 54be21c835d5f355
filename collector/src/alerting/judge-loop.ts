import { ChanceStopped } from '../chance/chance.ts';
import type { Clock } from '../clock.ts';

/** What judges everything that is due at a watermark. */
export type Judge = { judgeUntil(watermark: number, isStopping: () => boolean): Promise<void> };

/** How often the clock is looked at, in ms; a wake comes at once. */
const POLL_MS = 1_000;
/** Wait after a failure, in ms; the store is most likely away. */
const RETRY_MS = 5_000;

type LoopOptions = {
  readonly judge: Judge;
  /** Event time up to which data is taken to be in, before any offset of the rules. */
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
};

/** Lets the judge run whenever time has moved on, one run at a time, until it is stopped. */
export class JudgeLoop {
  readonly #options: LoopOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #stopping = false;
  #failure: string | null = null;
  #succeededAt: number | null = null;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  /** Why the last run failed; null where it did not. */
  get failure(): string | null {
    return this.#failure;
  }

  /** When a run last ended well, wall clock in ms; null where none did. */
  get succeededAt(): number | null {
    return this.#succeededAt;
  }

  start(): void {
    this.wake();
  }

  /** Runs now, or once more after the run that is under way. */
  wake(): void {
    if (this.#stopping) return;
    this.#again = true;
    this.#running ??= this.#run();
  }

  /** Finishes the tick under way, or leaves it where chance has stopped answering, and begins no other. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    let waitMs = POLL_MS;
    while (this.#again && !this.#stopping) {
      this.#again = false;
      try {
        await this.#options.judge.judgeUntil(this.#options.clock.now(), () => this.#stopping);
        this.#failure = null;
        this.#succeededAt = Date.now();
      } catch (error) {
        // The tick under way was left, and is judged at the next start.
        if (this.#stopping && error instanceof ChanceStopped) break;
        this.#failure = error instanceof Error ? error.message : String(error);
        this.#options.onError(error);
        waitMs = RETRY_MS;
        break;
      }
    }
    this.#running = undefined;
    if (this.#stopping) return;
    this.#timer = setTimeout(() => this.wake(), waitMs);
    this.#timer.unref();
  }
}
