/** How long an answer of the store is waited for, in ms. */
const PATIENCE_MS = 5_000;

/**
 * Holds the newest answer to a question that takes its time, so that whoever looks is answered from memory. While the
 * question hangs it is not asked again, and an answer that is not there in time, or an error, leaves nothing: no figure is
 * better than an old one.
 */
export class Sampler<T> {
  readonly #ask: () => Promise<T>;
  readonly #patienceMs: number;
  #asked: Promise<void> | undefined;
  #latest: T | undefined;

  constructor(ask: () => Promise<T>, patienceMs = PATIENCE_MS) {
    this.#ask = ask;
    this.#patienceMs = patienceMs;
  }

  /** The newest answer; undefined where the last question has none. */
  get latest(): T | undefined {
    return this.#latest;
  }

  /** Asks, unless the last question is still open; fulfilled when it is answered or patience has run out. */
  async sample(): Promise<void> {
    if (this.#asked !== undefined) return;
    const answered = this.#ask().then(
      (answer) => {
        this.#latest = answer;
      },
      () => {
        this.#latest = undefined;
      },
    );
    this.#asked = answered.finally(() => {
      this.#asked = undefined;
    });
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#latest = undefined;
      late.resolve();
    }, this.#patienceMs);
    await Promise.race([answered, late.promise]);
    clearTimeout(timer);
  }
}
