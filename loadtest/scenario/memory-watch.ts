import type { Stage } from './stage.ts';

const EVERY_MS = 500;

/** Samples the resident memory of a stage's first collector, twice a second. */
export class MemoryWatch {
  readonly #timer: NodeJS.Timeout;
  #peak = 0;

  constructor(stage: Stage) {
    this.#timer = setInterval(async () => {
      this.#peak = Math.max(this.#peak, (await stage.residentBytes()) ?? 0);
    }, EVERY_MS);
  }

  /** The most that was seen, in bytes; 0 = it could not be seen. */
  get peakBytes(): number {
    return this.#peak;
  }

  /** Begins to look for the most anew. */
  reset(): void {
    this.#peak = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
